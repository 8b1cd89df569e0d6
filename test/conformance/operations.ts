/**
 * What each operation of a vector does: one row per `op`, each a command to the engine or a change of the
 * world.
 */

import { totalOf } from '../../server/domain/components.ts';
import type { PeriodUnit } from '../../server/domain/date.ts';
import { later, parseDate } from '../../server/domain/date.ts';
import type { Decision, LoanCommand, PaymentType } from '../../server/domain/decide.ts';
import { requirePending } from '../../server/domain/life/rules.ts';
import { Refusal } from '../../server/domain/refusal.ts';
import { payoffQuote } from '../../server/domain/statement/payoff.ts';
import type { ConfigValue, Step, TermsJson } from './format.ts';
import { type ChargeTarget, chargeAt, type TransactionTarget, transactionAt } from './targets.ts';
import { loanTermsOf, Untranslatable } from './translation.ts';
import {
  admitUser,
  bookOf,
  chargeOf,
  closeBusiness,
  command,
  contextOf,
  moneyOf,
  openBook,
  type World,
} from './world.ts';

/** The fields of a step, read as what the format says they are. */
export interface Fields {
  readonly loan: string;
  text(name: string): string;
  number(name: string): number;
  day(name: string): ReturnType<typeof parseDate>;
  /** Whether the field is there and not empty. */
  has(name: string): boolean;
  /** Whether the field is there, empty or not. */
  given(name: string): boolean;
  as<T>(name: string): T;
  /** The value of a step that has one field of its own. */
  only<T>(): T;
}

const SHARED_FIELDS: ReadonlySet<string> = new Set([
  'op',
  'expect',
  'loan',
  'client',
  'carried',
  'pinned',
  'eventOnly',
]);

export function fieldsOf(step: Step): Fields {
  const value = (name: string): unknown => {
    if (step[name] === undefined) throw new Untranslatable(`field "${name}" is missing`);
    return step[name];
  };
  return {
    loan: typeof step.loan === 'string' ? step.loan : 'loan-1',
    text: (name) => String(value(name)),
    number: (name) => Number(value(name)),
    day: (name) => parseDate(String(value(name)), name),
    has: (name) => step[name] !== undefined && step[name] !== null,
    given: (name) => step[name] !== undefined,
    as: <T>(name: string) => value(name) as T,
    only: <T>() => value(Object.keys(step).find((name) => !SHARED_FIELDS.has(name)) ?? 'value') as T,
  };
}

type Operation = (world: World, step: Fields) => void;

/** A command whose transaction later steps may refer to. */
function book(world: World, step: Fields, order: LoanCommand): Decision {
  const before = bookOf(world, step.loan).loan;
  const decision = command(world, step.loan, order);
  if (step.has('ref')) {
    const known = new Set(before.transactions.map(({ id }) => id));
    const made = decision.loan.transactions.find(({ id, type }) => !known.has(id) && type !== 'accrual');
    if (made) world.transactionRefs = new Map(world.transactionRefs).set(step.text('ref'), made.id);
  }
  return decision;
}

const amountOf = (world: World, step: Fields) => moneyOf(bookOf(world, step.loan), step.number('amount'));

const PAYMENT_KINDS: Readonly<Record<string, PaymentType>> = {
  REPAYMENT: 'repayment',
  GOODWILL_CREDIT: 'goodwillCredit',
  PAYOUT_REFUND: 'payoutRefund',
  MERCHANT_ISSUED_REFUND: 'merchantIssuedRefund',
  INTEREST_PAYMENT_WAIVER: 'interestPaymentWaiver',
  REFUND_BY_CASH: 'refund',
};

function payment(world: World, step: Fields, type: PaymentType): void {
  const amount = amountOf(world, step);
  book(world, step, { kind: 'pay', type, on: step.day('on'), amount, ...paymentTypeOf(step) });
}

const paymentTypeOf = (step: Fields) =>
  step.has('paymentType') ? { paymentType: step.text('paymentType') } : {};

/** A money request with a key is answered once; a repeat gets the first answer and changes nothing. */
function keyedPayment(world: World, step: Fields): void {
  const kind = step.text('kind');
  const type = PAYMENT_KINDS[kind];
  if (!type) throw new Untranslatable(`kind of transaction "${kind}" is not known`);
  const key = step.has('idempotencyKey') ? `${kind} ${step.text('idempotencyKey')}` : null;
  const earlier = key === null ? undefined : world.responses.get(key);
  if (earlier) {
    world.lastResponse = { ...earlier, servedFromCache: true };
    return;
  }
  payment(world, step, type);
  const { client } = bookOf(world, step.loan);
  const response = { loan: step.loan, client, amount: step.number('amount'), servedFromCache: false };
  world.lastResponse = response;
  if (key !== null) world.responses = new Map(world.responses).set(key, response);
}

function payOff(world: World, step: Fields): void {
  const { loan } = bookOf(world, step.loan);
  const on = step.day('on');
  const amount = totalOf(payoffQuote(loan, on, contextOf(world)));
  book(world, step, { kind: 'pay', type: 'repayment', on, amount, ...paymentTypeOf(step) });
}

function onTransaction(world: World, step: Fields): number {
  return transactionAt(world, bookOf(world, step.loan), step.as<TransactionTarget>('target')).id;
}

const onCharge = (world: World, step: Fields): number =>
  chargeAt(world, bookOf(world, step.loan), step.as<ChargeTarget>('charge')).id;

function disburse(world: World, step: Fields): void {
  const paid = bookOf(world, step.loan);
  book(world, step, {
    kind: 'disburse',
    on: step.day('on'),
    amount: moneyOf(paid, step.number('amount')),
    ...(step.has('fixedEmiAmount')
      ? { fixedInstallmentAmount: moneyOf(paid, step.number('fixedEmiAmount')) }
      : {}),
    ...(step.has('adjustRepaymentDate') ? { adjustedFirstDueDate: step.day('adjustRepaymentDate') } : {}),
  });
}

function addCharge(world: World, step: Fields): void {
  const value = step.has('amount') ? 'amount' : step.has('percentage') ? 'percentage' : null;
  const { loan } = command(world, step.loan, {
    kind: 'addCharge',
    definition: chargeOf(world, step.text('charge')),
    ...(step.has('dueDate') ? { dueDate: step.day('dueDate') } : {}),
    ...(value ? { amountOrPercentage: String(step.number(value)) } : {}),
  });
  const added = loan.charges.at(-1);
  if (step.has('ref') && added) world.chargeRefs = new Map(world.chargeRefs).set(step.text('ref'), added.id);
}

function reschedule(world: World, step: Fields): void {
  command(world, step.loan, {
    kind: 'reschedule',
    from: step.day('rescheduleFromDate'),
    submittedOn: step.day('submittedOn'),
    approvedOn: step.day(step.has('approvedOn') ? 'approvedOn' : 'submittedOn'),
    ...(step.has('adjustedDueDate') ? { adjustedDueDate: step.day('adjustedDueDate') } : {}),
    ...(step.has('graceOnPrincipal') ? { graceOnPrincipal: step.number('graceOnPrincipal') } : {}),
    ...(step.has('graceOnInterest') ? { graceOnInterest: step.number('graceOnInterest') } : {}),
    ...(step.has('extraTerms') ? { extraTerms: step.number('extraTerms') } : {}),
    ...(step.has('newInterestRate') ? { newInterestRate: String(step.number('newInterestRate')) } : {}),
  });
}

function runClosing(world: World, step: Fields): void {
  const scope = step.as<'loan' | 'all' | 'catch-up'>('scope');
  const books = scope === 'loan' ? [bookOf(world, step.loan)] : [...world.books.values()];
  for (const each of books) closeBusiness(world, each, scope);
}

/** Jobs outside close of business; they run on the business date. */
function runJob(world: World, step: Fields): void {
  const jobs: Readonly<Record<string, LoanCommand>> = {
    'periodic-accruals': { kind: 'accrue', till: world.businessDate },
    'delinquency-classification': { kind: 'classifyDelinquency' },
  };
  const order = jobs[step.text('job')];
  if (!order) throw new Untranslatable(`job "${step.text('job')}" is not known`);
  for (const name of world.books.keys()) command(world, name, order);
}

function setConfig(world: World, step: Fields): void {
  const key = step.text('key');
  if (!(key in world.folder.settings.config)) throw new Untranslatable(`setting "${key}" is not known`);
  world.config = { ...world.config, [key]: step.as<ConfigValue>('value') };
}

function setClosingStep(world: World, step: Fields): void {
  const name = step.text('step');
  const others = world.closingSteps.filter((each) => each !== name);
  world.closingSteps = step.as<boolean>('enabled') ? [...others, name] : others;
}

function deleteLoan(world: World, step: Fields): void {
  if (step.text('by') !== 'external-id')
    throw new Refusal('not_found', 'loan_not_found', 'no loan with that external id');
  const { loan } = bookOf(world, step.loan);
  requirePending(loan);
  const books = new Map(world.books);
  books.delete(step.loan);
  world.books = books;
}

function setFraud(world: World, step: Fields): void {
  const isFraud = step.as<boolean>('value');
  const { loan } = command(world, step.loan, { kind: 'setFraud', isFraud });
  if (loan.isFraud !== isFraud) throw new Error(`the fraud flag reads back as ${loan.isFraud}`);
}

/** Pause or resume by name; dates that a request must have are missing on purpose in some vectors. */
function delinquencyAction(world: World, step: Fields, action: string): void {
  if (action !== 'PAUSE' && action !== 'RESUME')
    throw new Refusal('invalid_argument', 'delinquency_action_unknown', `unknown action ${action}`);
  const missing = ['startDate', ...(action === 'PAUSE' ? ['endDate'] : [])].find((name) => !step.has(name));
  if (missing) throw new Refusal('invalid_argument', 'date_required', 'the date is missing', missing);
  const startDate = step.day('startDate');
  if (action === 'PAUSE')
    command(world, step.loan, { kind: 'pauseDelinquency', startDate, endDate: step.day('endDate') });
  else {
    const endDate = step.has('endDate') ? { endDate: step.day('endDate') } : {};
    command(world, step.loan, { kind: 'resumeDelinquency', startDate, ...endDate });
  }
}

/** Changes of the product do not touch loans; a loan's terms say which rule held when it was made. */
const productChange: Operation = (world, step) => {
  if (!world.folder.products[step.text('product')])
    throw new Untranslatable(`product "${step.text('product')}" is not known`);
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'business-date': (world, step) => {
    world.businessDate = step.day('date');
  },
  'set-config': setConfig,
  'set-cob-step': setClosingStep,
  'set-allocation-rule': productChange,
  'set-product': productChange,
  'create-user': (world, step) => {
    world.userBypasses = step.as<readonly string[]>('permissions').includes('BYPASS_LOAN_WRITE_PROTECTION');
  },
  'create-client': (world, step) => {
    world.clients = new Set(world.clients).add(step.text('client'));
  },
  'create-loan': (world, step) => {
    const terms = loanTermsOf(step.as<TermsJson>('terms'), step.text('product'), world.folder);
    const client = step.has('client') ? step.text('client') : 'client-1';
    openBook(world, step.loan, { terms, submittedOn: step.day('submittedOn'), client });
  },
  'modify-loan': (world, step) => {
    const { terms } = bookOf(world, step.loan).loan;
    const submittedOn = step.day('submittedOn');
    // The source moves the expected disbursement along, to a day of its own that the vectors leave out.
    const expectedDisbursementDate = later(terms.expectedDisbursementDate, submittedOn);
    command(world, step.loan, { kind: 'modify', terms: { ...terms, expectedDisbursementDate }, submittedOn });
  },
  approve: (world, step) => {
    command(world, step.loan, {
      kind: 'approve',
      on: step.day('on'),
      amount: amountOf(world, step),
      ...(step.has('expectedDisbursementDate')
        ? { expectedDisbursementDate: step.day('expectedDisbursementDate') }
        : {}),
    });
  },
  'undo-approval': (world, step) => void command(world, step.loan, { kind: 'undoApproval' }),
  disburse,
  'undo-disbursal': (world, step) => void command(world, step.loan, { kind: 'undoDisbursal' }),
  'undo-last-disbursal': (world, step) => void command(world, step.loan, { kind: 'undoLastDisbursal' }),
  'delete-loan': deleteLoan,
  repayment: (world, step) => payment(world, step, 'repayment'),
  transaction: keyedPayment,
  'pay-off': payOff,
  'credit-balance-refund': (world, step) => payment(world, step, 'creditBalanceRefund'),
  'undo-transaction': (world, step) => {
    command(world, step.loan, {
      kind: 'reverse',
      transactionId: onTransaction(world, step),
      on: step.day('on'),
    });
  },
  'adjust-transaction': (world, step) => {
    const transactionId = onTransaction(world, step);
    const amount = amountOf(world, step);
    book(world, step, { kind: 'adjust', transactionId, on: step.day('on'), amount });
  },
  chargeback: (world, step) => {
    const transactionId = onTransaction(world, step);
    const amount = amountOf(world, step);
    const on = step.day('on');
    book(world, step, { kind: 'chargeback', transactionId, on, amount, ...paymentTypeOf(step) });
  },
  'add-charge': addCharge,
  'waive-charge': (world, step) => {
    book(world, step, { kind: 'waiveCharge', chargeId: onCharge(world, step) });
  },
  'undo-waive-charge': (world, step) => {
    command(world, step.loan, { kind: 'undoWaiveCharge', transactionId: onTransaction(world, step) });
  },
  'charge-adjustment': (world, step) => {
    const chargeId = onCharge(world, step);
    const amount = amountOf(world, step);
    book(world, step, { kind: 'adjustCharge', chargeId, on: step.day('on'), amount });
  },
  'charge-off': (world, step) => void book(world, step, { kind: 'chargeOff', on: step.day('on') }),
  'undo-charge-off': (world, step) => void command(world, step.loan, { kind: 'undoChargeOff' }),
  'write-off': (world, step) => void book(world, step, { kind: 'writeOff', on: step.day('on') }),
  'set-fraud': setFraud,
  'run-cob': runClosing,
  'run-job': runJob,
  'lock-loan': (world, step) => {
    bookOf(world, step.loan).locked = true;
  },
  reschedule,
  're-age': (world, step) => {
    book(world, step, {
      kind: 'reAge',
      startDate: step.day('startDate'),
      frequencyNumber: step.number('frequencyNumber'),
      frequencyUnit: step.as<PeriodUnit>('frequencyUnit'),
      numberOfInstallments: step.number('numberOfInstallments'),
    });
  },
  'undo-re-age': (world, step) => void command(world, step.loan, { kind: 'undoReAge' }),
  're-amortize': (world, step) => void book(world, step, { kind: 'reAmortize' }),
  'undo-re-amortize': (world, step) => void command(world, step.loan, { kind: 'undoReAmortize' }),
  'delinquency-pause': (world, step) => delinquencyAction(world, step, 'PAUSE'),
  'delinquency-resume': (world, step) => delinquencyAction(world, step, 'RESUME'),
  'delinquency-action': (world, step) => delinquencyAction(world, step, step.text('action')),
};

export function operate(world: World, step: Step): void {
  const name = String(step.op);
  const operation = OPERATIONS[name];
  if (!operation) throw new Untranslatable(`operation "${name}" is not known`);
  const fields = fieldsOf(step);
  if (step.by === 'user') admitUser(world, fields.loan);
  operation(world, fields);
}
