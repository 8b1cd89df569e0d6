/**
 * `loanbook approvals ...` and `loanbook four-eyes ...`: what needs a second person. Needs the role OPERATOR.
 */
import type { Command } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

const COLUMNS = ['id', 'operation', 'path', 'status', 'requestedBy', 'requestedAt', 'answered'];

export function addApprovals(program: Command): void {
  const isJson = (): boolean => program.opts().json === true;
  const approvals = program.command('approvals').description('calls that wait for a second person');
  approvals
    .command('list')
    .description('the latest 100')
    .option('--status <status>', 'pending, approved, rejected or expired')
    .action(async ({ status }: { status?: 'pending' }) => {
      const client = await connect();
      const { items } = await client.approvals.list({ rows: 100, ...(status && { status }) }).page();
      print(items, { json: isJson(), text: table(items, COLUMNS) });
    });
  approvals
    .command('show <id>')
    .description('one call: what was asked for, and how it ended')
    .action(async (id: string) => {
      const approval = await (await connect()).approvals.get(id);
      const text = `${table([approval], COLUMNS)}\n${JSON.stringify(approval.body ?? {}, null, 2)}`;
      print(approval, { json: isJson(), text });
    });
  for (const verb of ['approve', 'reject'] as const)
    approvals
      .command(`${verb} <id>`)
      .description(verb === 'approve' ? 'carries it out; not your own' : 'it is never carried out')
      .option('--note <text>')
      .action(async (id: string, { note }: { note?: string }) => {
        const approval = await (await connect()).approvals[verb](id, note);
        print(approval, { json: isJson(), text: table([approval], COLUMNS) });
        if ((approval.answered ?? 200) >= 400) process.exitCode = 1;
      });
  addFourEyes(program, isJson);
}

function addFourEyes(program: Command, isJson: () => boolean): void {
  const fourEyes = program.command('four-eyes').description('operations that need a second person');
  const show = (operations: readonly string[]): void =>
    print(operations, { json: isJson(), text: operations.length === 0 ? 'none' : operations.join('\n') });
  fourEyes
    .command('list')
    .description('which')
    .action(async () => show(await (await connect()).approvals.operations()));
  fourEyes
    .command('set [operations...]')
    .description(
      'these and no others, by the operation ids of the API document; none: no operation needs one',
    )
    .action(async (operations: string[]) =>
      show(await (await connect()).approvals.setOperations(operations)),
    );
}
