/** The Loanbook client: `createClient` and, on what it answers, one noun of the API each. */
import { type Accounts, accountsOf } from './accounts.ts';
import { type Audit, auditOf } from './audit.ts';
import { type Auth, authOf } from './auth.ts';
import { hostOf } from './call.ts';
import { type Approvals, approvalsOf } from './configuration/approvals.ts';
import { type Holidays, holidaysOf, type WorkingWeeks, workingDaysOf } from './configuration/calendar.ts';
import { type Charges, chargesOf, type LoanCharges, loanChargesOf } from './configuration/charges.ts';
import { type Configuration, configurationOf } from './configuration/configuration.ts';
import {
  type BusinessDates,
  businessDatesOf,
  type ClosesOfBusiness,
  closesOfBusinessOf,
  type DelinquencyBuckets,
  delinquencyBucketsOf,
} from './configuration/day.ts';
import { closureReasonsOf, officesOf, paymentTypesOf, type References } from './configuration/references.ts';
import { type Customers, customersOf } from './customers.ts';
import { type Imports, importsOf } from './imports.ts';
import {
  type GlAccounts,
  type GlClosures,
  glAccountsOf,
  glClosuresOf,
  type JournalEntries,
  journalEntriesOf,
  type Verifications,
  verificationsOf,
} from './ledger/ledger.ts';
import { type Reports, reportsOf } from './ledger/reports.ts';
import { type TrialBalances, trialBalancesOf } from './ledger/trialBalance.ts';
import { type LoanProducts, loanProductsOf } from './loanProducts.ts';
import { type Loans, loansOf } from './loans.ts';
import { type Repayments, repaymentsOf } from './repayments.ts';
import { type RetryPolicy, STANDARD_RETRIES } from './retry.ts';
import { type SigningKeys, signingKeysOf } from './signingKeys.ts';
import { type Credentials, fixedToken, type Send, type TokenSource, tokenFromCredentials } from './token.ts';
import { createTransport, timedSend } from './transport.ts';
import { type Webhooks, webhooksOf } from './webhooks.ts';

export type { Account, CreatedAccount } from './accounts.ts';
export type { AuditEntry, AuditVerification } from './audit.ts';
export type { Reference } from './call.ts';
export type { Approval } from './configuration/approvals.ts';
export type { Holiday, WorkingDays } from './configuration/calendar.ts';
export type { Charge, LoanCharge } from './configuration/charges.ts';
export type {
  ConfigurationChanges,
  ConfigurationDocument,
} from './configuration/configuration.ts';
export type { BusinessDay, CloseOfBusinessStatus, DelinquencyBucket } from './configuration/day.ts';
export type { Office } from './configuration/references.ts';
export type { Customer } from './customers.ts';
export { type ErrorCode, type FieldError, LoanbookError } from './errors.ts';
export type {
  CustomerLine,
  Import,
  ImportPart,
  ImportSettings,
  Imports,
  LoanLine,
} from './imports.ts';
export type { GlAccount, GlClosure, JournalEntry, Verification } from './ledger/ledger.ts';
export { REPORT_NAMES, type Report, type ReportName, type ReportQuery } from './ledger/reports.ts';
export type { TrialBalance } from './ledger/trialBalance.ts';
export type { LoanProduct, LoanProductVersion } from './loanProducts.ts';
export type {
  Explanation,
  ListedLoan,
  Loan,
  LoanPreview,
  LoanTransaction,
  Payoff,
  Rollback,
} from './loans.ts';
export type { List, Page } from './pages.ts';
export type { Repayment } from './repayments.ts';
export type { RetryPolicy } from './retry.ts';
export type { SigningKey } from './signingKeys.ts';
export type { CallOptions, DownloadedFile } from './transport.ts';
export type { Webhook, WebhookAndSecret, WebhookDelivery } from './webhooks.ts';

export interface ClientOptions {
  /** Default: http://127.0.0.1:4000 */
  readonly apiUrl?: string;
  /** Default: http://127.0.0.1:4001 */
  readonly authUrl?: string;
  /** Email and password, from which tokens are obtained and renewed; or a token that is used as it is. */
  readonly login: Credentials | { readonly token: string };
  /** Milliseconds for each try of a call. Default: 30000. */
  readonly timeout?: number;
  readonly retries?: Partial<RetryPolicy>;
  /** In place of the global `fetch`, e.g. to go through a proxy. */
  readonly fetch?: Send;
}

export interface LoanbookClient {
  readonly accounts: Accounts;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly auth: Auth;
  readonly businessDate: BusinessDates;
  readonly charges: Charges;
  readonly closeOfBusiness: ClosesOfBusiness;
  readonly closureReasons: References;
  readonly configuration: Configuration;
  readonly customers: Customers;
  readonly delinquencyBuckets: DelinquencyBuckets;
  readonly glAccounts: GlAccounts;
  readonly glClosures: GlClosures;
  readonly holidays: Holidays;
  readonly imports: Imports;
  readonly journalEntries: JournalEntries;
  readonly loanCharges: LoanCharges;
  readonly loanProducts: LoanProducts;
  readonly loans: Loans;
  readonly offices: References;
  readonly paymentTypes: References;
  readonly repayments: Repayments;
  readonly reports: Reports;
  readonly signingKeys: SigningKeys;
  readonly trialBalance: TrialBalances;
  readonly verifications: Verifications;
  readonly webhooks: Webhooks;
  readonly workingDays: WorkingWeeks;
}

const STANDARD_TIMEOUT = 30_000;

export function createClient(options: ClientOptions): LoanbookClient {
  const timeout = options.timeout ?? STANDARD_TIMEOUT;
  const send: Send = options.fetch ?? ((url, request) => fetch(url, request));
  const authUrl = withoutSlash(options.authUrl ?? 'http://127.0.0.1:4001');
  const tokens = tokenSource(options, authUrl, timedSend(send, timeout));
  const retries = { ...STANDARD_RETRIES, ...options.retries };
  const transport = createTransport({ fetch: send, tokens, retries, timeout });
  const api = hostOf(withoutSlash(options.apiUrl ?? 'http://127.0.0.1:4000'), transport);
  return {
    accounts: accountsOf(api),
    approvals: approvalsOf(api),
    audit: auditOf(api),
    auth: authOf(hostOf(authUrl, transport), tokens),
    businessDate: businessDatesOf(api),
    charges: chargesOf(api),
    closeOfBusiness: closesOfBusinessOf(api),
    closureReasons: closureReasonsOf(api),
    configuration: configurationOf(api),
    customers: customersOf(api),
    delinquencyBuckets: delinquencyBucketsOf(api),
    glAccounts: glAccountsOf(api),
    glClosures: glClosuresOf(api),
    holidays: holidaysOf(api),
    imports: importsOf(api),
    journalEntries: journalEntriesOf(api),
    loanCharges: loanChargesOf(api),
    loanProducts: loanProductsOf(api),
    loans: loansOf(api),
    offices: officesOf(api),
    paymentTypes: paymentTypesOf(api),
    repayments: repaymentsOf(api),
    reports: reportsOf(api),
    signingKeys: signingKeysOf(api),
    trialBalance: trialBalancesOf(api),
    verifications: verificationsOf(api),
    webhooks: webhooksOf(api),
    workingDays: workingDaysOf(api),
  };
}

function tokenSource({ login }: ClientOptions, authUrl: string, send: Send): TokenSource {
  return 'token' in login ? fixedToken(login.token) : tokenFromCredentials(authUrl, login, send);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
