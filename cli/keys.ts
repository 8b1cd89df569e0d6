/** `loanbook keys ...`: the keys that sign tokens. Needs an account with the role OPERATOR. */
import type { SigningKey } from '@loanbook/sdk';
import type { Command } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

const COLUMNS = ['kid', 'status', 'createdAt', 'retiredAt'];

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('the keys that sign tokens');
  const show = (shown: readonly SigningKey[]): void =>
    print(shown, { json: program.opts().json === true, text: table(shown, COLUMNS) });
  keys
    .command('list')
    .description('signing: signs new tokens; published: still verifies; retired: no longer verifies')
    .action(async () => show(await (await connect()).signingKeys.list()));
  keys
    .command('rotate')
    .description('a new key signs from now on; tokens signed before go on verifying')
    .action(async () => show([await (await connect()).signingKeys.rotate()]));
  keys
    .command('retire <kid>')
    .description('withdraw a key that no longer signs; its tokens stop')
    .action(async (kid: string) => show([await (await connect()).signingKeys.retire(kid)]));
}
