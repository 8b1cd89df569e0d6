/** All commands of `loanbook`. */

import { Command } from 'commander';
import { addAccounts } from './accounts.ts';
import { addApprovals } from './approvals.ts';
import { addAudit } from './audit.ts';
import { addCalendar } from './calendar/calendar.ts';
import { addConfig } from './config.ts';
import { addDay } from './day.ts';
import { addHealth } from './health.ts';
import { addImport } from './imports.ts';
import { addKeys } from './keys.ts';
import { addLedger } from './ledger.ts';
import { addCharges } from './loans/charges.ts';
import { addLoanDays } from './loans/loanDays.ts';
import { addLoans } from './loans/loans.ts';
import { addReports } from './reports.ts';
import { addVerify } from './verify.ts';
import { addWebhooks } from './webhooks.ts';

const SETTINGS = `
Settings, by environment variables:
  LOANBOOK_URL        the api            (default http://127.0.0.1:4000)
  LOANBOOK_AUTH_URL   the auth host      (default http://127.0.0.1:4001)
  LOANBOOK_EMAIL      who you are        (default admin@loanbook.local)
  LOANBOOK_PASSWORD   asked for when it is not set

Exit codes: 0 done, 1 refused or unreachable, 2 wrong use.`;

/** The command with all that it can do; nothing has run yet. */
export function buildProgram(): Command {
  const program = new Command('loanbook')
    .description('Administers a Loanbook: accounts, keys, audit trail, health, the proof of the book.')
    .option('--json', 'print JSON')
    .addHelpText('after', SETTINGS)
    .exitOverride();
  addAccounts(program);
  addApprovals(program);
  addKeys(program);
  addAudit(program);
  addCalendar(program);
  addCharges(program);
  addConfig(program);
  addDay(program);
  addHealth(program);
  addImport(program);
  addLedger(program);
  addLoanDays(addLoans(program), () => program.opts().json === true);
  addReports(program);
  addVerify(program);
  addWebhooks(program);
  return program;
}
