import type { GlAccount } from '../../domain/ledger.ts';
import type { AccountingRule } from '../../domain/terms.ts';

/** The chart that a new book starts with. */
export const CHART_OF_ACCOUNTS: readonly GlAccount[] = [
  { code: '1000', name: 'Cash and mobile money', type: 'asset' },
  { code: '1100', name: 'Loan portfolio', type: 'asset' },
  { code: '1110', name: 'Interest receivable', type: 'asset' },
  { code: '1120', name: 'Fees receivable', type: 'asset' },
  { code: '1130', name: 'Penalties receivable', type: 'asset' },
  { code: '1900', name: 'Transfers in suspense', type: 'asset' },
  { code: '2100', name: 'Overpayments owed to customers', type: 'liability' },
  { code: '3000', name: 'Share capital', type: 'equity' },
  { code: '3900', name: 'Retained earnings', type: 'equity' },
  { code: '4100', name: 'Interest income', type: 'income' },
  { code: '4200', name: 'Fee income', type: 'income' },
  { code: '4300', name: 'Penalty income', type: 'income' },
  { code: '4400', name: 'Recoveries of written-off loans', type: 'income' },
  { code: '4510', name: 'Interest charged off', type: 'income' },
  { code: '4520', name: 'Fees charged off', type: 'income' },
  { code: '4530', name: 'Penalties charged off', type: 'income' },
  { code: '4610', name: 'Interest forgiven in goodwill', type: 'income' },
  { code: '4620', name: 'Fees forgiven in goodwill', type: 'income' },
  { code: '4630', name: 'Penalties forgiven in goodwill', type: 'income' },
  { code: '5100', name: 'Losses written off', type: 'expense' },
  { code: '5200', name: 'Goodwill credits', type: 'expense' },
  { code: '5300', name: 'Charged-off loans', type: 'expense' },
  { code: '5310', name: 'Charged-off loans, fraud', type: 'expense' },
];

/** Which account plays which role for the products that a new book starts with. */
export const STANDARD_ACCOUNTING: AccountingRule = {
  method: 'ACCRUAL_PERIODIC',
  accounts: {
    fundSource: '1000',
    loanPortfolio: '1100',
    transfersInSuspense: '1900',
    interestReceivable: '1110',
    feeReceivable: '1120',
    penaltyReceivable: '1130',
    interestIncome: '4100',
    feeIncome: '4200',
    penaltyIncome: '4300',
    recoveryIncome: '4400',
    writeOff: '5100',
    overpayment: '2100',
    goodwillCredit: '5200',
    goodwillInterest: '4610',
    goodwillFee: '4620',
    goodwillPenalty: '4630',
    chargeOffExpense: '5300',
    chargeOffFraudExpense: '5310',
    chargeOffInterest: '4510',
    chargeOffFee: '4520',
    chargeOffPenalty: '4530',
  },
  fundSourceByPaymentType: {},
};
