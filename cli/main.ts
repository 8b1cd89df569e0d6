/** The `loanbook` command. It does nothing of its own: every command is a call of the API. */
import { LoanbookError } from '@loanbook/sdk';
import { Command, CommanderError } from 'commander';
import { addAccounts } from './accounts.ts';
import { addApprovals } from './approvals.ts';
import { addAudit } from './audit.ts';
import { addCharges } from './charges.ts';
import { addConfig } from './config.ts';
import { addresses } from './connection.ts';
import { addDay } from './day.ts';
import { addHealth } from './health.ts';
import { addImport } from './imports.ts';
import { addKeys } from './keys.ts';
import { addLoans } from './loans.ts';
import { addReports } from './reports.ts';
import { UsageError } from './terminal.ts';
import { addVerify } from './verify.ts';
import { addWebhooks } from './webhooks.ts';

const SETTINGS = `
Settings, by environment variables:
  LOANBOOK_URL        the api            (default http://127.0.0.1:4000)
  LOANBOOK_AUTH_URL   the auth host      (default http://127.0.0.1:4001)
  LOANBOOK_EMAIL      who you are        (default admin@loanbook.local)
  LOANBOOK_PASSWORD   asked for when it is not set

Exit codes: 0 done, 1 refused or unreachable, 2 wrong use.`;

const program = new Command('loanbook')
  .description('Administers a Loanbook: accounts, keys, audit trail, health, the proof of the book.')
  .option('--json', 'print JSON')
  .addHelpText('after', SETTINGS)
  .exitOverride();
addAccounts(program);
addApprovals(program);
addKeys(program);
addAudit(program);
addCharges(program);
addConfig(program);
addDay(program);
addHealth(program);
addImport(program);
addLoans(program);
addReports(program);
addVerify(program);
addWebhooks(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own line; asking for help is no fault.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`loanbook: ${adviceOn(error)}\n`);
  return error instanceof UsageError ? 2 : 1;
}

function adviceOn(error: unknown): string {
  if (!(error instanceof LoanbookError)) return error instanceof Error ? error.message : String(error);
  const { apiUrl, authUrl } = addresses();
  switch (error.code) {
    case 'network':
    case 'timeout':
      return `${error.message}: is it running? LOANBOOK_URL is ${apiUrl}, LOANBOOK_AUTH_URL is ${authUrl}`;
    case 'unauthenticated':
      return 'email or password is wrong, or the account is disabled: check LOANBOOK_EMAIL and LOANBOOK_PASSWORD';
    case 'permission_denied':
      return `${error.message}: this needs an account with the role OPERATOR`;
    case 'resource_exhausted':
      return `${error.message} (wait ${Math.ceil(error.retryAfterSeconds ?? 60)} s)`;
    default:
      return error.message;
  }
}
