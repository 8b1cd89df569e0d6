/** `loanbook audit ...`: who changed what, and whether the record of it is whole. Needs the role OPERATOR. */
import type { AuditEntry } from '@loanbook/sdk';
import type { Command } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

const COLUMNS = ['recordedAt', 'operation', 'subject', 'accountId', 'address'];
/** A long trail takes its time. */
const VERIFY_MILLISECONDS = 30 * 60_000;

interface ListFlags {
  readonly loan?: string;
  readonly customer?: string;
  readonly account?: string;
  readonly operation?: string;
  readonly request?: string;
  readonly kind?: string;
  readonly rows: string;
}

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('who changed what, when and from where');
  const asJson = (): boolean => program.opts().json === true;
  audit
    .command('list')
    .description('the latest changes')
    .option('--loan <id>')
    .option('--customer <id>')
    .option('--account <id>', 'who made them')
    .option('--operation <name>', 'e.g. approveLoan')
    .option('--request <id>', 'by which call: its X-Request-Id')
    .option('--kind <kind>', 'of what, e.g. glAccount')
    .option('--rows <count>', 'at most 100', '20')
    .action(async (flags: ListFlags) => {
      const { items } = await (await connect()).audit.list(queryOf(flags)).page();
      print(items, { json: asJson(), text: table(items.map(rowOf), COLUMNS) });
    });
  audit
    .command('verify')
    .description('finds entries that were changed, removed or inserted; exit code 1 if there are any')
    .action(async () => {
      const found = await (await connect()).audit.verify({ timeout: VERIFY_MILLISECONDS });
      const { intact, entries, chains, faults } = found;
      const counted = `${entries} entries in ${chains} chains`;
      const text = intact ? `intact: ${counted}` : `NOT intact: ${counted}\n${table(faults, FAULT_COLUMNS)}`;
      print(found, { json: asJson(), text });
      if (!intact) process.exitCode = 1;
    });
}

const FAULT_COLUMNS = ['kind', 'place', 'message'];

const queryOf = ({ loan, customer, account, operation, request, kind, rows }: ListFlags) => ({
  rows: Number(rows),
  ...(loan !== undefined && { loanId: loan }),
  ...(customer !== undefined && { customerId: customer }),
  ...(account !== undefined && { accountId: account }),
  ...(operation !== undefined && { operation }),
  ...(request !== undefined && { requestId: request }),
  ...(kind !== undefined && { subjectKind: kind }),
});

const rowOf = ({ subject, ...entry }: AuditEntry) => ({ ...entry, subject: `${subject.kind} ${subject.id}` });
