/** The `loanbook` command. It does nothing of its own: every command is a call of the API. */
import { LoanbookError } from '@loanbook/sdk';
import { CommanderError } from 'commander';
import { addresses } from './connection.ts';
import { buildProgram } from './program.ts';
import { UsageError } from './terminal.ts';

const AFTER_DASHES = '(a value that begins with - is written after --: loanbook keys retire -- -kid)';

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own line; asking for help is no fault.
  if (error instanceof CommanderError) {
    if (error.code === 'commander.unknownOption') process.stderr.write(`${AFTER_DASHES}\n`);
    return error.exitCode === 0 ? 0 : 2;
  }
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
