/**
 * The posting rules as data: per type of transaction, which account role takes which part of the amount on
 * the debit and on the credit side. `docs/accounting.md` says the same table in words. Parts: P principal,
 * I interest, F fees, N penalties, O overpaid part, `amount` the whole.
 *
 *   repayment of 106 (P 100, I 6):  fundSource 106 = loanPortfolio 100 + interestReceivable 6
 *   the same after a charge-off:    fundSource 106 = recoveryIncome 106
 *
 * Source: engine.md section 8.
 */
import type { AccountRole } from '../terms.ts';
import type { TransactionType } from '../transaction.ts';

export type Part = 'P' | 'I' | 'F' | 'N' | 'O' | 'amount';

/**
 * `lossExpense` is the fraud expense on a loan marked fraud, else the charge-off expense; `adjustedIncome` is
 * fee or penalty income, by the kind of the charge that an adjustment or refund is about.
 */
export type PostingRole = AccountRole | 'lossExpense' | 'adjustedIncome';

/** One line of a rule: the role takes the sum of the parts. */
export type RuleLine = readonly [role: PostingRole, ...parts: Part[]];

export interface PostingRule {
  readonly debit: readonly RuleLine[];
  readonly credit: readonly RuleLine[];
}

/** A type without `afterChargeOff` posts the same before and after; `none` posts nothing at all. */
export type PostingRules = Readonly<
  Record<TransactionType, (PostingRule & { readonly afterChargeOff?: PostingRule }) | 'none'>
>;

const cash: readonly RuleLine[] = [['fundSource', 'amount']];

const settledDebt: readonly RuleLine[] = [
  ['loanPortfolio', 'P'],
  ['interestReceivable', 'I'],
  ['feeReceivable', 'F'],
  ['penaltyReceivable', 'N'],
  ['overpayment', 'O'],
];

const recovered: readonly RuleLine[] = [
  ['recoveryIncome', 'P', 'I', 'F', 'N'],
  ['overpayment', 'O'],
];

const lossTakenBack: readonly RuleLine[] = [
  ['lossExpense', 'P'],
  ['chargeOffInterest', 'I'],
  ['chargeOffFee', 'F'],
  ['chargeOffPenalty', 'N'],
];

const repayment = {
  debit: cash,
  credit: settledDebt,
  afterChargeOff: { debit: cash, credit: recovered },
} as const satisfies PostingRule & { afterChargeOff: PostingRule };

const refundByMerchant = {
  debit: cash,
  credit: settledDebt,
  afterChargeOff: { debit: cash, credit: [...lossTakenBack, ['overpayment', 'O']] },
} as const satisfies PostingRule & { afterChargeOff: PostingRule };

const goodwill: readonly RuleLine[] = [
  ['goodwillCredit', 'P', 'O'],
  ['goodwillInterest', 'I'],
  ['goodwillFee', 'F'],
  ['goodwillPenalty', 'N'],
];

const forgoneInterest: readonly RuleLine[] = [['interestIncome', 'amount']];

const interestForgiven = {
  debit: forgoneInterest,
  credit: settledDebt,
  afterChargeOff: {
    debit: forgoneInterest,
    credit: [
      ['chargeOffInterest', 'P', 'I', 'F', 'N'],
      ['overpayment', 'O'],
    ],
  },
} as const satisfies PostingRule & { afterChargeOff: PostingRule };

const lossOfRecognisedDebt: PostingRule = {
  debit: [['writeOff', 'P', 'I', 'F', 'N']],
  credit: [
    ['loanPortfolio', 'P'],
    ['interestReceivable', 'I'],
    ['feeReceivable', 'F'],
    ['penaltyReceivable', 'N'],
  ],
};

/** Periodic accrual: income is booked when it is earned, against receivables that payments then settle. */
export const ACCRUAL_RULES: PostingRules = {
  disbursement: {
    debit: [
      ['loanPortfolio', 'P'],
      ['overpayment', 'O'],
    ],
    credit: [...cash, ['interestReceivable', 'I'], ['feeReceivable', 'F'], ['penaltyReceivable', 'N']],
  },
  repaymentAtDisbursement: { debit: cash, credit: [['feeIncome', 'amount']] },
  repayment,
  chargePayment: repayment,
  downPayment: { debit: cash, credit: settledDebt },
  merchantIssuedRefund: refundByMerchant,
  payoutRefund: refundByMerchant,
  goodwillCredit: {
    debit: goodwill,
    credit: settledDebt,
    afterChargeOff: { debit: goodwill, credit: recovered },
  },
  interestPaymentWaiver: interestForgiven,
  interestRefund: interestForgiven,
  chargeAdjustment: {
    debit: [['adjustedIncome', 'amount']],
    credit: settledDebt,
    afterChargeOff: {
      debit: [['adjustedIncome', 'amount']],
      credit: [
        ['chargeOffFee', 'P', 'I', 'F'],
        ['chargeOffPenalty', 'N'],
        ['overpayment', 'O'],
      ],
    },
  },
  chargeRefund: {
    debit: [
      ['fundSource', 'amount'],
      ['adjustedIncome', 'amount'],
    ],
    credit: [...settledDebt, ['fundSource', 'amount']],
  },
  waiveInterest: lossOfRecognisedDebt,
  waiveCharges: lossOfRecognisedDebt,
  writeOff: lossOfRecognisedDebt,
  recoveryRepayment: { debit: cash, credit: [['recoveryIncome', 'amount']] },
  creditBalanceRefund: {
    debit: [
      ['overpayment', 'O'],
      ['loanPortfolio', 'P'],
    ],
    credit: cash,
    afterChargeOff: {
      debit: [
        ['overpayment', 'O'],
        ['lossExpense', 'P'],
      ],
      credit: cash,
    },
  },
  chargeback: {
    debit: [
      ['overpayment', 'O'],
      ['loanPortfolio', 'P'],
      ['interestReceivable', 'I'],
      ['feeReceivable', 'F'],
      ['penaltyReceivable', 'N'],
    ],
    credit: cash,
    afterChargeOff: { debit: [['overpayment', 'O'], ...lossTakenBack], credit: cash },
  },
  refund: {
    debit: [
      ['loanPortfolio', 'P'],
      ['interestIncome', 'I'],
      ['feeIncome', 'F'],
      ['penaltyIncome', 'N'],
      ['overpayment', 'O'],
    ],
    credit: cash,
  },
  chargeOff: {
    debit: lossTakenBack,
    credit: [
      ['loanPortfolio', 'P'],
      ['interestReceivable', 'I'],
      ['feeReceivable', 'F'],
      ['penaltyReceivable', 'N'],
    ],
  },
  accrual: {
    debit: [
      ['interestReceivable', 'I'],
      ['feeReceivable', 'F'],
      ['penaltyReceivable', 'N'],
    ],
    credit: [
      ['interestIncome', 'I'],
      ['feeIncome', 'F'],
      ['penaltyIncome', 'N'],
    ],
  },
  accrualActivity: 'none',
  reAge: 'none',
  reAmortize: 'none',
};

const principalLost = (expense: PostingRole): PostingRule => ({
  debit: [[expense, 'P']],
  credit: [['loanPortfolio', 'P']],
});

/**
 * Cash: income is booked when it is paid, so there are no receivables. Whatever would settle a receivable is
 * income (`WITHOUT_RECEIVABLES`); what only moves receivables posts nothing; losses are losses of principal.
 */
export const CASH_RULES: PostingRules = {
  ...ACCRUAL_RULES,
  accrual: 'none',
  waiveInterest: 'none',
  waiveCharges: 'none',
  writeOff: principalLost('writeOff'),
  chargeOff: principalLost('lossExpense'),
};

export const WITHOUT_RECEIVABLES: Readonly<Partial<Record<PostingRole, AccountRole>>> = {
  interestReceivable: 'interestIncome',
  feeReceivable: 'feeIncome',
  penaltyReceivable: 'penaltyIncome',
};
