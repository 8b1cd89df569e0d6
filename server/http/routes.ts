import { accountRoutes } from './accounts/accounts.ts';
import { signingKeyRoutes } from './accounts/signingKeys.ts';
import { approvalRoutes } from './approvals/approvals.ts';
import { auditRoutes } from './audit.ts';
import { businessDateRoutes } from './closing/businessDate.ts';
import { closeOfBusinessRoutes } from './closing/closeOfBusiness.ts';
import { configurationRoutes } from './configuration/configuration.ts';
import { delinquencyBucketRoutes } from './configuration/delinquencyBuckets.ts';
import { holidayRoutes } from './configuration/holidays.ts';
import { referenceRoutes } from './configuration/references.ts';
import { workingDaysRoutes } from './configuration/workingDays.ts';
import type { App, AppContext } from './context.ts';
import { customerRoutes } from './customers.ts';
import { customerImportRoutes } from './imports/customers.ts';
import { loanImportRoutes } from './imports/loans.ts';
import { glAccountRoutes } from './ledger/glAccounts.ts';
import { glClosureRoutes } from './ledger/glClosures.ts';
import { journalEntryRoutes } from './ledger/journalEntries.ts';
import { trialBalanceRoutes } from './ledger/trialBalance.ts';
import { verificationRoutes } from './ledger/verifications.ts';
import { loanChargeRoutes } from './loans/charges.ts';
import { loanDelinquencyRoutes } from './loans/delinquency.ts';
import { loanExplanationRoutes } from './loans/explain.ts';
import { loanLifecycleRoutes } from './loans/lifecycle.ts';
import { loanRoutes } from './loans/loans.ts';
import { repaymentFamilyRoutes } from './loans/repaymentFamily.ts';
import { repaymentRoutes } from './loans/repayments.ts';
import { loanServicingRoutes } from './loans/servicing.ts';
import { loanTransactionRoutes } from './loans/transactions.ts';
import { chargeRoutes } from './products/charges.ts';
import { loanProductRoutes } from './products/loanProducts.ts';
import { reportRoutes } from './reports/reports.ts';
import { statementRoutes } from './statements/statement.ts';
import { webhookDeliveryRoutes } from './webhooks/deliveries.ts';
import { webhookRoutes } from './webhooks/endpoints.ts';

/** The nouns of the api host, in the order of the document. Each file exports one `xRoutes(app, context)`. */
export const apiRoutes: readonly ((app: App, context: AppContext) => Promise<void>)[] = [
  customerRoutes,
  loanProductRoutes,
  chargeRoutes,
  loanRoutes,
  loanLifecycleRoutes,
  loanTransactionRoutes,
  loanChargeRoutes,
  loanExplanationRoutes,
  loanDelinquencyRoutes,
  loanServicingRoutes,
  repaymentRoutes,
  repaymentFamilyRoutes,
  glAccountRoutes,
  journalEntryRoutes,
  trialBalanceRoutes,
  glClosureRoutes,
  verificationRoutes,
  businessDateRoutes,
  closeOfBusinessRoutes,
  delinquencyBucketRoutes,
  referenceRoutes,
  workingDaysRoutes,
  holidayRoutes,
  configurationRoutes,
  statementRoutes,
  reportRoutes,
  webhookRoutes,
  webhookDeliveryRoutes,
  customerImportRoutes,
  loanImportRoutes,
  approvalRoutes,
  auditRoutes,
  accountRoutes,
  signingKeyRoutes,
];
