/** How changes of loans are stored: how many together, how long it takes, how many wait. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Writing } from '../../operations/writing/writing.ts';

export function addWritingFigures(register: Registry, writing: Writing): void {
  const registers = [register];
  const together = new Histogram({
    name: 'loanbook_write_batch_commands',
    help: 'Commands stored by one transaction',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const duration = new Histogram({
    name: 'loanbook_write_batch_seconds',
    help: 'Time from the start of such a transaction to the answer to COMMIT',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const undone = new Counter({
    name: 'loanbook_write_batches_undone_total',
    help: 'Such transactions that met another writer or broke a rule of the database, and were taken apart',
    registers,
  });
  writing.listen(({ kind, commands, seconds }) => {
    if (kind === 'undone') return undone.inc();
    together.observe(commands);
    duration.observe(seconds);
  });
  new Gauge({
    name: 'loanbook_write_waiting',
    help: 'Commands that wait for their turn',
    registers,
    collect() {
      this.set(writing.waiting());
    },
  });
}
