import { type Answer, type Body, type Host, type Item, pathOf, type Query, type Reference } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type Repayment = Answer<'getRepayment'>;

/** Something booked on a loan: the loan, the amount and date, options. */
type Verb<Id extends RepaymentVerb> = (
  loan: Reference,
  body: Body<Id>,
  options?: CallOptions,
) => Promise<Answer<Id>>;
/** Something done to one repayment of a loan. */
type Correction<Id extends RepaymentCorrection> = (
  at: { readonly loan: Reference; readonly repayment: string | number },
  body: Body<Id>,
  options?: CallOptions,
) => Promise<Answer<Id>>;
type RepaymentVerb = keyof typeof VERBS;
type RepaymentCorrection = keyof typeof CORRECTIONS;

export interface Repayments {
  create(loan: Reference, repayment: Body<'createRepayment'>, options?: CallOptions): Promise<Repayment>;
  /** Newest first. */
  list(loan: Reference, query?: Query<'listRepayments'>, options?: CallOptions): List<Item<'listRepayments'>>;
  get(loan: Reference, repayment: string | number, options?: CallOptions): Promise<Repayment>;
  waiveInterest: Verb<'waiveInterest'>;
  recover: Verb<'recordRecovery'>;
  refund: Verb<'refundPayment'>;
  creditBalanceRefund: Verb<'refundCreditBalance'>;
  chargeOff: Verb<'chargeOffLoan'>;
  undoChargeOff: Verb<'undoChargeOff'>;
  merchantIssuedRefund: Verb<'recordMerchantRefund'>;
  payoutRefund: Verb<'recordPayoutRefund'>;
  goodwillCredit: Verb<'recordGoodwillCredit'>;
  /** The lender pays interest for the customer. Needs the role OPERATOR. */
  interestPaymentWaiver: Verb<'recordInterestPaymentWaiver'>;
  /** The repayment is reversed and another one is booked in its place. */
  adjust: Correction<'adjustRepayment'>;
  reverse: Correction<'reverseRepayment'>;
  chargeback: Correction<'chargeBackRepayment'>;
}

/** Path of each verb. */
const VERBS = {
  waiveInterest: 'waive-interest',
  recordRecovery: 'recover',
  refundPayment: 'refund',
  refundCreditBalance: 'credit-balance-refund',
  chargeOffLoan: 'charge-off',
  undoChargeOff: 'undo-charge-off',
  recordMerchantRefund: 'merchant-issued-refund',
  recordPayoutRefund: 'payout-refund',
  recordGoodwillCredit: 'goodwill-credit',
  recordInterestPaymentWaiver: 'interest-payment-waiver',
} as const;

const CORRECTIONS = {
  adjustRepayment: 'adjust',
  reverseRepayment: 'reverse',
  chargeBackRepayment: 'chargeback',
} as const;

const allOf = (loan: Reference): string => `${pathOf('/v1/loans', loan)}/repayments`;

export function repaymentsOf(api: Host): Repayments {
  const one = (loan: Reference, repayment: string | number): string =>
    `${allOf(loan)}/${encodeURIComponent(repayment)}`;
  const verb =
    <Id extends RepaymentVerb>(id: Id): Verb<Id> =>
    (loan, body, options) =>
      api.post<Id>(`${allOf(loan)}/${VERBS[id]}`, body, options);
  const correction =
    <Id extends RepaymentCorrection>(id: Id): Correction<Id> =>
    ({ loan, repayment }, body, options) =>
      api.post<Id>(`${one(loan, repayment)}/${CORRECTIONS[id]}`, body, options);
  return {
    create: (loan, repayment, options) => api.post<'createRepayment'>(allOf(loan), repayment, options),
    list: (loan, query, options) => api.list<'listRepayments'>(allOf(loan), query, options),
    get: (loan, repayment, options) => api.get<'getRepayment'>(one(loan, repayment), undefined, options),
    waiveInterest: verb('waiveInterest'),
    recover: verb('recordRecovery'),
    refund: verb('refundPayment'),
    creditBalanceRefund: verb('refundCreditBalance'),
    chargeOff: verb('chargeOffLoan'),
    undoChargeOff: verb('undoChargeOff'),
    merchantIssuedRefund: verb('recordMerchantRefund'),
    payoutRefund: verb('recordPayoutRefund'),
    goodwillCredit: verb('recordGoodwillCredit'),
    interestPaymentWaiver: verb('recordInterestPaymentWaiver'),
    adjust: correction('adjustRepayment'),
    reverse: correction('reverseRepayment'),
    chargeback: correction('chargeBackRepayment'),
  };
}
