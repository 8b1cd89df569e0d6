/** In a process of its own: what V8 is told holds for all of a process. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { MEMORY_OPTIONS } from './memory.ts';

const source = readFileSync(new URL('./memory.ts', import.meta.url), 'utf8');
const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext } });
const MEMORY = `data:text/javascript,${encodeURIComponent(outputText)}`;

/** Answers how often all old objects were looked through: by itself, with room, and by itself again. */
const SCRIPT = `
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  import { setImmediate as step, setTimeout as pause } from 'node:timers/promises';
  import { withRoomForMany } from ${JSON.stringify(MEMORY)};

  let looks = 0;
  const note = ({ detail }) => { if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) looks += 1; };
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ entryTypes: ['gc'] });
  const rows = (count) => Array.from({ length: count }, (_, number) => ({ number, parts: [number] }));
  globalThis.stays = rows(500_000);

  /** Rows that live long enough to grow old, and then go. */
  async function bulk() {
    let held = [];
    for (let call = 0; call < 300; call += 1) {
      held = [...held.slice(-12), rows(20_000)];
      await step();
    }
  }
  async function looksDuring(work) {
    looks = 0;
    await work();
    // They are told of a little later.
    await pause(100);
    return looks;
  }
  // Until it has been busy for a while, a process has rules of its own.
  await bulk();
  const nested = () => withRoomForMany(() => withRoomForMany(bulk));
  console.log(JSON.stringify([await looksDuring(bulk), await looksDuring(nested), await looksDuring(bulk)]));
`;

it('looks through old objects less often while there are many rows, and as often as before afterwards', () => {
  const options = { encoding: 'utf8', input: SCRIPT } as const;
  const answer = execFileSync(process.execPath, [...MEMORY_OPTIONS, '--input-type=module', '-'], options);
  const [before, during, after] = JSON.parse(answer) as [number, number, number];
  expect(before).toBeGreaterThan(1.4 * during);
  expect(after).toBeGreaterThan(1.4 * during);
});
