import { accountRoutes } from './accounts/accounts.ts';
import { signingKeyRoutes } from './accounts/signingKeys.ts';
import type { App, AppContext } from './context.ts';
import { customerRoutes } from './customers.ts';
import { loanProductRoutes } from './loanProducts.ts';
import { loanRoutes } from './loans/loans.ts';
import { repaymentRoutes } from './loans/repayments.ts';
import { trialBalanceRoutes } from './trialBalance.ts';

/** The nouns of the api host, in the order of the document. Each file exports one `xRoutes(app, context)`. */
export const apiRoutes: readonly ((app: App, context: AppContext) => Promise<void>)[] = [
  customerRoutes,
  loanProductRoutes,
  loanRoutes,
  repaymentRoutes,
  trialBalanceRoutes,
  accountRoutes,
  signingKeyRoutes,
];
