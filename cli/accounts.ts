/** `loanbook accounts ...`: who may use the API. Needs an account with the role OPERATOR. */
import type { Account, LoanbookClient } from '@loanbook/sdk';
import type { Command } from 'commander';
import { connect, login } from './connection.ts';
import { newPassword, print, table, UsageError } from './terminal.ts';

interface Flags {
  readonly json: boolean;
}

const COLUMNS = ['email', 'roles', 'status', 'createdAt', 'id'];
const ROLES = ['ADMIN', 'OPERATOR', 'VIEWER'] as const;
type Role = (typeof ROLES)[number];

export function addAccounts(program: Command): void {
  const accounts = program.command('accounts').description('who may use the API');
  const flags = (): Flags => ({ json: program.opts().json === true });
  accounts
    .command('list')
    .description('all accounts')
    .action(() => list(flags()));
  accounts
    .command('create <email>')
    .description('a new account; its password is made up and shown once, unless --password-stdin gives one')
    .option(
      '--role <role...>',
      'ADMIN (partner calls), OPERATOR (operator calls), VIEWER (looks, changes nothing)',
      ['ADMIN'],
    )
    .option('--password-stdin', 'the password is the first line of the input')
    .action((email: string, options: CreateOptions) => create(email, options, flags()));
  accounts
    .command('set-roles <account>')
    .description('what it may do from now on; tokens given out hold for the new roles only')
    .requiredOption('--role <role...>', 'ADMIN, OPERATOR, VIEWER')
    .action((account: string, { role }: CreateOptions) => setRoles(account, role, flags()));
  for (const { name, does, call } of STANDING)
    accounts
      .command(`${name} <account>`)
      .description(`${does} (email or id)`)
      .action((account: string) => change(account, call, flags()));
  accounts
    .command('set-password [account]')
    .description('a new password, asked for or read from the input; without an account: your own')
    .action((account: string | undefined) => setPassword(account, flags()));
}

const STANDING = [
  { name: 'disable', does: 'no more tokens, and those given out stop', call: 'disable' },
  { name: 'enable', does: 'tokens may be had again', call: 'enable' },
  { name: 'revoke-tokens', does: 'all tokens given out stop', call: 'revokeTokens' },
] as const;

interface CreateOptions {
  readonly role: readonly string[];
  readonly passwordStdin?: boolean;
}

async function list({ json }: Flags): Promise<void> {
  const accounts = await allAccounts(await connect());
  print(accounts, { json, text: table(accounts, COLUMNS) });
}

async function allAccounts(client: LoanbookClient): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await client.accounts.page({ page, rows: 100 });
    accounts.push(...items);
    if (items.length === 0 || accounts.length >= total) return accounts;
  }
}

async function create(email: string, options: CreateOptions, { json }: Flags): Promise<void> {
  const roles = options.role.map(roleOf);
  const given = options.passwordStdin ? { password: await newPassword() } : {};
  const client = await connect();
  const account = await client.accounts.create({ email, roles, ...given });
  const shown = account.generatedPassword ? `\npassword: ${account.generatedPassword} (shown this once)` : '';
  print(account, { json, text: table([account], COLUMNS) + shown });
}

function roleOf(text: string): Role {
  const role = ROLES.find((each) => each === text.toUpperCase());
  if (role === undefined) throw new UsageError(`no role ${text}: there are ${ROLES.join(' and ')}`);
  return role;
}

async function change(
  named: string,
  call: 'disable' | 'enable' | 'revokeTokens',
  flags: Flags,
): Promise<void> {
  const client = await connect();
  show(await client.accounts[call](await idOf(client, named)), flags);
}

async function setRoles(named: string, roles: readonly string[], flags: Flags): Promise<void> {
  const wanted = roles.map(roleOf);
  const client = await connect();
  show(await client.accounts.setRoles(await idOf(client, named), wanted), flags);
}

async function setPassword(named: string | undefined, flags: Flags): Promise<void> {
  const as = await login();
  const client = await connect(as);
  const id = named === undefined ? undefined : await idOf(client, named);
  const password = await newPassword();
  const { accounts } = client;
  const changed =
    id === undefined
      ? await accounts.changeOwnPassword({ currentPassword: as.password, newPassword: password })
      : await accounts.setPassword(id, password);
  show(changed, flags);
}

/** Accounts are known by their email; an id is taken as it is. */
async function idOf(client: LoanbookClient, named: string): Promise<string> {
  if (!named.includes('@')) return named;
  const found = (await allAccounts(client)).find((each) => each.email === named.toLowerCase());
  if (found === undefined)
    throw new UsageError(`no account ${named}: "loanbook accounts list" shows them all`);
  return found.id;
}

const show = (account: Account, { json }: Flags): void =>
  print(account, { json, text: table([account], COLUMNS) });
