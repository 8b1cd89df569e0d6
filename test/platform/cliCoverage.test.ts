/**
 * What an operator can do over HTTP can be done by a command. Each is run against a server that writes down
 * what it was asked for; what has no command has a reason.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { projectRoot } from '../../server/root.ts';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-cli-'));
const FILES = {
  configuration: join(folder, 'book.yaml'),
  lines: join(folder, 'lines.ndjson'),
  report: join(folder, 'report.csv'),
};

/** A command line for each operation. */
const COMMANDS: Readonly<Record<string, string>> = {
  listAccounts: 'accounts list',
  createAccount: 'accounts create a@example.com',
  disableAccount: 'accounts disable 7',
  enableAccount: 'accounts enable 7',
  revokeTokens: 'accounts revoke-tokens 7',
  setAccountRoles: 'accounts set-roles 7 --role VIEWER',
  listApprovals: 'approvals list',
  getApproval: 'approvals show 7',
  approveCall: 'approvals approve 7',
  rejectCall: 'approvals reject 7',
  listAuditEntries: 'audit list',
  verifyAudit: 'audit verify',
  setWorkingDays: 'calendar working-days Monday --rule 1',
  listHolidays: 'calendar show',
  createHoliday: 'calendar add-holiday --name Eid --from 2026-03-20',
  activateHoliday: 'calendar activate-holiday 7',
  deleteHoliday: 'calendar delete-holiday 7',
  setBusinessDate: 'clock set 2025-02-01',
  advanceClock: 'clock advance 3',
  getCloseOfBusiness: 'close-of-business status',
  startCloseOfBusiness: 'close-of-business run',
  listCloseOfBusinessFailures: 'close-of-business status',
  exportConfiguration: 'config export',
  applyConfiguration: `config apply ${FILES.configuration}`,
  listLoanProductVersions: 'config versions 2',
  getFourEyes: 'four-eyes list',
  setFourEyes: 'four-eyes set writeOffLoan',
  listGlAccounts: 'ledger accounts',
  listGlClosures: 'ledger closures',
  createGlClosure: 'ledger close 2025-01-31',
  deleteGlClosure: 'ledger reopen 2025-01-31',
  importCustomers: `import customers ${FILES.lines}`,
  importLoans: `import loans ${FILES.lines}`,
  listJournalEntries: 'ledger entries --account 1000',
  createJournalEntry: 'ledger post --date 2025-01-31 --reason rent --debit 4000=5 --credit 1000=5',
  getJournalEntry: 'ledger show 42-3',
  reverseJournalEntry: 'ledger reverse 7 --reason mistake',
  accrueLoan: 'loans accrue 42 --till 2025-01-31',
  payLoanCharge: 'charges pay 42 1',
  closeLoan: 'loans close 42 --date 2025-01-31',
  closeLoanDays: 'loans close-days 42',
  getLoanClosing: 'loans closed-through 42',
  classifyLoanDelinquency: 'loans classify 42',
  markFraud: 'loans mark-fraud 42',
  reAgeLoan: 'loans re-age 42 --start 2025-03-01 --installments 3',
  reAmortizeLoan: 'loans re-amortize 42',
  recordInterestPaymentWaiver: 'loans interest-payment-waiver 42 --amount 12.50',
  rescheduleLoan: 'loans reschedule 42 --from 2025-03-01 --to 2025-03-11',
  listTermVariations: 'loans variations 42',
  undoLastDisbursal: 'loans undo-last-disbursal 42',
  undoReAge: 'loans undo-re-age 42',
  undoReAmortize: 'loans undo-re-amortize 42',
  undoWriteOff: 'loans undo-write-off 42',
  reportAgeing: 'reports ageing',
  reportBalanceSheet: 'reports balance-sheet',
  reportCollections: 'reports collections',
  reportDisbursements: 'reports disbursements',
  reportIncomeStatement: 'reports income-statement',
  reportLosses: 'reports losses',
  reportPortfolioAtRisk: 'reports portfolio-at-risk',
  reportPortfolioSummary: 'reports portfolio-summary',
  reportRollRates: 'reports roll-rates',
  reportTrialBalance: `reports trial-balance --csv ${FILES.report}`,
  reportVintages: 'reports vintages',
  listSigningKeys: 'keys list',
  rotateSigningKey: 'keys rotate',
  retireSigningKey: 'keys retire 7',
  verifyBook: 'verify',
  listWebhooks: 'webhooks list',
  createWebhook: 'webhooks create https://example.com',
  changeWebhook: 'webhooks change 7 --url https://example.com/other',
  deleteWebhook: 'webhooks delete 7',
  listWebhookDeliveries: 'webhooks deliveries 7',
  replayWebhookDelivery: 'webhooks replay 7 --delivery 8',
  replayWebhook: 'webhooks replay 7',
  rotateWebhookSecret: 'webhooks rotate-secret 7',
  testWebhook: 'webhooks test 7',
};

const BY_FILE = 'kept as a file: `loanbook config export`, `diff`, `apply`';
const BY_LIST = 'its list shows as much';
const WITHOUT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['ClosureReason', 'Office', 'PaymentType', 'Charge', 'LoanProduct'].flatMap((noun) =>
      ['create', 'update', 'activate', 'deactivate'].map((verb) => [`${verb}${noun}`, BY_FILE]),
    ),
  ),
  ...Object.fromEntries(
    [
      ...['listCharges', 'getCharge', 'createGlAccount', 'updateGlAccount', 'listDelinquencyBuckets'],
      ...['getDelinquencyBucket', 'createDelinquencyBucket', 'updateDelinquencyBucket'],
    ].map((operation) => [operation, BY_FILE]),
  ),
  getHoliday: BY_LIST,
  updateHoliday: BY_FILE,
  getAccount: BY_LIST,
  getWebhook: BY_LIST,
  setAccountPassword: 'asks on the terminal: `loanbook accounts set-password EMAIL` (cli.test.ts)',
  deleteCharge: 'a file says `active: false`; what nothing names may be deleted over HTTP',
  deleteDelinquencyBucket: 'what nothing names may be deleted over HTTP',
  previewLoanProduct: 'for forms; `loanbook config diff` judges a draft',
  getTrialBalance: '`loanbook reports trial-balance`',
};

const document = JSON.parse(readFileSync(join(projectRoot, 'docs', 'openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, object>>;
};

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
}

const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, { operationId?: string; 'x-role'?: string }>).flatMap(
    ([method, { operationId: id, 'x-role': role }]) =>
      id === undefined || role !== 'OPERATOR' || path.includes('/external/')
        ? []
        : [{ id, method: method.toUpperCase(), path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }],
  ),
);

let server: Server;
let asked: string[] = [];

/** Answers as little as lets a command go on: an empty list, a day, a token. */
const ANSWER = JSON.stringify({
  ...{ items: [], runs: [], dates: [], changes: [], findings: [], faults: [], controlAccounts: [] },
  ...{ refused: [], lines: [], repaymentSchedule: [], operations: [], total: 0, token: 'a.b.c', messages: 0 },
  ...{ date: '2025-01-01', to: '2025-02-01', id: '7', intact: true },
});

beforeAll(async () => {
  writeFileSync(FILES.configuration, 'offices: []\n');
  writeFileSync(FILES.lines, '{"externalId":"amina"}\n');
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(ANSWER);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('LOANBOOK_URL', url);
  vi.stubEnv('LOANBOOK_AUTH_URL', url);
  vi.stubEnv('LOANBOOK_PASSWORD', 'a password for nobody');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the command asks the server for; that it cannot use the answers is no matter here. */
async function askedBy(line: string): Promise<readonly string[]> {
  asked = [];
  await buildProgram()
    .parseAsync(line.split(' '), { from: 'user' })
    .catch(() => undefined);
  return asked.filter((each) => each !== 'GET /v1/auth/token');
}

it('every operation of operators has a command or a reason, and nothing else has', () => {
  const known = [...Object.keys(COMMANDS), ...Object.keys(WITHOUT)].sort();
  expect(known).toEqual(OPERATIONS.map(({ id }) => id).sort());
});

it.each(Object.entries(COMMANDS))('%s is what `loanbook %s` asks for', async (id, line) => {
  const { method, path } = OPERATIONS.find((each) => each.id === id) ?? expect.unreachable(id);
  const lines = await askedBy(line);
  const isAsked = lines.some((each) => {
    const [verb = '', at = ''] = each.split(' ');
    return verb === method && path.test(at);
  });
  expect(isAsked, `asked for ${lines.join(', ') || 'nothing'}`).toBe(true);
});
