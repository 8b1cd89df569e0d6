/** The contract's section "Repayments": charge-offs, and what is put right afterwards. */
import { DEBT, TODAY, TOMORROW, YESTERDAY } from './states.ts';
import { NOT_AN_ID, REQUIRED, type Row, rowsOf } from './table.ts';

const FUTURE = `The date ${TOMORROW} is after the business date ${TODAY}`;
const EARLY = 'The date 2025-01-14 is before the disbursement (2025-01-15)';
const NOT_ACTIVE = 'Loan must be Active';
const MORE_THAN_0 = 'must be greater than 0';
const amount = (transactionAmount: number, transactionDate: string) => ({
  transactionAmount,
  transactionDate,
});
const today = { transactionDate: TODAY };

const chargeOff: readonly Row[] = [
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/charge-off',
    {
      given: 'an active loan',
      body: { ...today, note: 'lost' },
      answers: 200,
      shows: { type: 'Charge-off', amount: DEBT, principal: 300_000 },
      leaves: { status: 'Active', chargedOff: true, chargedOffDate: TODAY, totalOutstanding: DEBT },
    },
    { given: 'a charged-off loan', body: today, answers: '409 aborted', says: 'Loan is charged off' },
    { given: 'a closed loan', body: today, answers: '409 aborted', says: NOT_ACTIVE },
    {
      given: 'an active loan',
      body: { transactionDate: TOMORROW },
      answers: '403 permission_denied',
      says: FUTURE,
    },
    { given: 'an active loan', answers: '400 invalid_argument', faults: { transactionDate: REQUIRED } },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/undo-charge-off',
    {
      given: 'a charged-off loan',
      body: { ...today, note: 'paid again' },
      answers: 200,
      shows: { type: 'Undo Charge-off', reversed: true },
      leaves: { chargedOff: false, status: 'Active' },
    },
    { given: 'an active loan', body: today, answers: '409 aborted' },
    {
      given: 'a charged-off loan',
      body: { transactionDate: TOMORROW },
      answers: '403 permission_denied',
      says: FUTURE,
    },
    { given: 'a charged-off loan', answers: '400 invalid_argument', faults: { transactionDate: REQUIRED } },
  ),
];

const ADJUST = 'POST /v1/loans/{loan}/repayments/{repayment}/adjust';
const REVERSE = 'POST /v1/loans/{loan}/repayments/{repayment}/reverse';
const CHARGEBACK = 'POST /v1/loans/{loan}/repayments/{repayment}/chargeback';
const ALREADY = 'The transaction is already reversed';
const REPAID = 'a loan with a repayment of 10,000';

const corrections: readonly Row[] = [
  ...rowsOf(
    ADJUST,
    {
      given: REPAID,
      body: { ...amount(12_000, '2025-02-16'), note: 'typo' },
      answers: 200,
      shows: { type: 'Repayment', date: '2025-02-16', amount: 12_000, reversed: false, note: 'typo' },
      leaves: { totalRepayment: 12_000 },
    },
    {
      given: REPAID,
      body: amount(0, TODAY),
      answers: 200,
      shows: { id: '$repayment', reversed: true },
      leaves: { totalRepayment: 0 },
    },
    {
      given: 'a loan with a reversed repayment',
      body: amount(1, TODAY),
      answers: '409 aborted',
      says: ALREADY,
    },
    {
      given: REPAID,
      body: amount(-1, TODAY),
      answers: '400 invalid_argument',
      faults: { transactionAmount: 'must be at least 0' },
    },
    {
      given: REPAID,
      answers: '400 invalid_argument',
      faults: { transactionAmount: REQUIRED, transactionDate: REQUIRED },
    },
    { given: REPAID, body: amount(1, TOMORROW), answers: '403 permission_denied', says: FUTURE },
    { given: REPAID, body: amount(1, '2025-01-14'), answers: '403 permission_denied', says: EARLY },
  ),
  ...rowsOf(
    REVERSE,
    {
      given: REPAID,
      body: { ...today, note: 'bounced' },
      answers: 200,
      shows: { id: '$repayment', amount: 10_000, status: 'reversed', reversed: true },
      leaves: { totalRepayment: 0, totalOutstanding: DEBT, repaymentHistory: [{ reversed: true }] },
    },
    {
      given: 'a closed loan',
      body: today,
      answers: 200,
      leaves: { status: 'Active', totalOutstanding: DEBT },
    },
    {
      given: 'a loan overpaid by 100',
      body: today,
      answers: 200,
      leaves: { status: 'Active', totalOutstanding: DEBT, totalOverpaid: 0 },
    },
    { given: 'a loan with a reversed repayment', body: today, answers: '409 aborted', says: ALREADY },
    { given: REPAID, body: { transactionDate: TOMORROW }, answers: '403 permission_denied', says: FUTURE },
    { given: REPAID, body: { transactionDate: '2025-01-14' }, answers: '403 permission_denied', says: EARLY },
    { given: REPAID, answers: '400 invalid_argument', faults: { transactionDate: REQUIRED } },
  ),
  ...rowsOf(
    CHARGEBACK,
    {
      given: REPAID,
      body: amount(4_000, TODAY),
      answers: 200,
      shows: { type: 'Chargeback', amount: 4_000, principal: 4_000 },
      leaves: { status: 'Active', totalOutstanding: 306_079.2 },
    },
    {
      given: REPAID,
      body: amount(10_000.01, TODAY),
      answers: '400 invalid_argument',
      faults: { transactionAmount: 'must not be above what is left of the payment (10000.00)' },
    },
    { given: 'a loan with a reversed repayment', body: amount(1, TODAY), answers: '409 aborted' },
    { given: REPAID, body: amount(1, TOMORROW), answers: '403 permission_denied', says: FUTURE },
    {
      given: REPAID,
      body: amount(0, TODAY),
      answers: '400 invalid_argument',
      faults: { transactionAmount: MORE_THAN_0 },
    },
  ),
  ...(['adjust', 'reverse', 'chargeback'] as const).map(
    (verb): Row => ({
      call: `POST /v1/loans/{loan}/repayments/999999/${verb}`,
      given: 'an active loan',
      body: verb === 'reverse' ? today : amount(1, YESTERDAY),
      answers: '404 not_found',
      says: 'transaction 999999 does not exist on this loan',
    }),
  ),
  {
    call: 'POST /v1/loans/{loan}/repayments/x/reverse',
    given: 'an active loan',
    body: today,
    answers: '400 invalid_argument',
    faults: { transaction_id: NOT_AN_ID },
  },
];

export const CORRECTIONS: readonly Row[] = [...chargeOff, ...corrections];
