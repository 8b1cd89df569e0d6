/** What each operation of a vector is over HTTP: one row per `op`, each one call or a few. */
import type { Step, TermsJson } from '../conformance/format.ts';
import { type Fields, fieldsOf } from '../conformance/operations.ts';
import type { ChargeTarget, TransactionTarget } from '../conformance/targets.ts';
import { productFor } from './deployment.ts';
import {
  chargeAt,
  clientOf,
  loanOf,
  NotPlayable,
  type Play,
  readTransactions,
  transactionAt,
} from './played.ts';

type Operation = (play: Play, step: Fields) => Promise<unknown>;

const idOf = (play: Play, step: Fields): number => Number(loanOf(play, step.loan).id);
const loansOf = (play: Play) => clientOf(play).loans;
const optional = <T>(step: Fields, name: string, read: (name: string) => T): T | undefined =>
  step.has(name) ? read(name) : undefined;

/** Without the fields that have no value: an unknown value is not sent. */
function present<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

/** The first thing that an act booked, for steps that name it. */
async function withRef(play: Play, step: Fields, act: () => Promise<unknown>): Promise<void> {
  if (!step.has('ref')) return void (await act());
  const before = new Set((await readTransactions(play, step)).map(({ id }) => id));
  await act();
  const made = (await readTransactions(play, step))
    .filter(({ id, type }) => !before.has(id) && type !== 'Accrual')
    .sort((a, b) => Number(a.id) - Number(b.id))[0];
  if (made) play.transactionRefs.set(step.text('ref'), made.id);
}

async function createLoan(play: Play, step: Fields): Promise<void> {
  const terms = step.as<TermsJson>('terms');
  const client = step.has('client') ? step.text('client') : 'client-1';
  const productId = await productFor(play.deployment, step.text('product'), terms);
  const externalId = `${play.vectorId}/${step.loan}/${Date.now()}`;
  const { id } = await loansOf(play).create({
    customerId: Number(play.deployment.customers.get(client)),
    productId,
    principal: terms.principal,
    externalId,
    disburse: false,
    submittedOnDate: step.text('submittedOn'),
    expectedDisbursementDate: terms.expectedDisbursementDate,
  });
  play.loans.set(step.loan, { id, externalId, client, productId });
}

const paymentOf = (step: Fields) =>
  present({
    transactionAmount: step.number('amount'),
    transactionDate: step.text('on'),
    paymentTypeId: optional(step, 'paymentType', step.text),
  });

const KINDS = {
  GOODWILL_CREDIT: 'goodwillCredit',
  PAYOUT_REFUND: 'payoutRefund',
  MERCHANT_ISSUED_REFUND: 'merchantIssuedRefund',
  REFUND_BY_CASH: 'refund',
} as const;

async function pay(play: Play, step: Fields, kind: string): Promise<void> {
  const { repayments } = clientOf(play);
  const options = step.has('idempotencyKey')
    ? { idempotencyKey: `${play.vectorId} ${kind} ${step.text('idempotencyKey')}` }
    : {};
  const body = paymentOf(step);
  const verb = KINDS[kind as keyof typeof KINDS];
  if (verb === undefined && kind !== 'REPAYMENT') throw new Error(`kind of transaction "${kind}"`);
  await withRef(play, step, async () => {
    const answer = await (verb === undefined
      ? repayments.create(idOf(play, step), body, options)
      : repayments[verb](idOf(play, step), body, options));
    const { client } = loanOf(play, step.loan);
    const servedFromCache = play.answered.has(answer.id);
    play.lastResponse = { servedFromCache, amount: answer.amount, client, loan: step.loan };
    play.answered.add(answer.id);
  });
}

async function payOff(play: Play, step: Fields): Promise<void> {
  const { total } = await loansOf(play).payoff(idOf(play, step), { date: step.text('on') });
  const payment = { transactionAmount: total, transactionDate: step.text('on') };
  await withRef(play, step, () =>
    clientOf(play).repayments.create(
      idOf(play, step),
      present({ ...payment, paymentTypeId: optional(step, 'paymentType', step.text) }),
    ),
  );
}

async function correct(play: Play, step: Fields, verb: 'adjust' | 'chargeback' | 'reverse'): Promise<void> {
  const { id } = await transactionAt(play, step, step.as<TransactionTarget>('target'));
  const at = { loan: idOf(play, step), repayment: id };
  const { repayments } = clientOf(play);
  const transactionDate = step.text('on');
  if (verb === 'reverse') return void (await repayments.reverse(at, { transactionDate }));
  const body = { transactionDate, transactionAmount: step.number('amount') };
  const paymentTypeId = optional(step, 'paymentType', step.text);
  await withRef(play, step, () =>
    verb === 'adjust'
      ? repayments.adjust(at, body)
      : repayments.chargeback(at, present({ ...body, paymentTypeId })),
  );
}

async function addCharge(play: Play, step: Fields): Promise<void> {
  const value = step.has('amount') ? 'amount' : 'percentage';
  const added = await clientOf(play).loanCharges.add(
    idOf(play, step),
    present({
      chargeId: step.text('charge'),
      dueDate: optional(step, 'dueDate', step.text),
      amount: optional(step, value, step.number),
    }),
  );
  if (step.has('ref')) play.chargeRefs.set(step.text('ref'), added.id);
}

async function onCharge(play: Play, step: Fields) {
  const { id } = await chargeAt(play, step, step.as<ChargeTarget>('charge'));
  return { loan: idOf(play, step), charge: id };
}

async function undoWaiver(play: Play, step: Fields): Promise<void> {
  const waiver = await transactionAt(play, step, step.as<TransactionTarget>('target'));
  const charge = waiver.charges?.[0]?.chargeId;
  if (charge === undefined) throw new Error(`transaction ${waiver.id} waives no charge`);
  await clientOf(play).loanCharges.undoWaiver({ loan: idOf(play, step), charge });
  const after = await transactionAt(play, step, step.as<TransactionTarget>('target'));
  if (!after.reversed) throw new Error(`another waiver than ${waiver.id} was undone`);
}

async function closeDays(play: Play, step: Fields): Promise<void> {
  const { closeOfBusiness } = clientOf(play);
  if (step.text('scope') === 'loan') await closeOfBusiness.closeLoan(idOf(play, step));
  else await closeOfBusiness.start({ wait: true });
}

async function runJob(play: Play, step: Fields): Promise<void> {
  for (const { id } of play.loans.values())
    if (step.text('job') === 'periodic-accruals') await loansOf(play).accrue(Number(id));
    else await loansOf(play).classifyDelinquency(Number(id));
}

async function deleteLoan(play: Play, step: Fields): Promise<void> {
  const { externalId } = loanOf(play, step.loan);
  const named = step.text('by') === 'external-id' ? externalId : `${externalId}-not`;
  await loansOf(play).remove({ externalId: named });
  play.loans.delete(step.loan);
}

async function setFraud(play: Play, step: Fields): Promise<void> {
  const fraud = step.as<boolean>('value');
  await loansOf(play).markFraud(idOf(play, step), { fraud });
  const after = await loansOf(play).get(idOf(play, step));
  if ((after.fraud ?? false) !== fraud) throw new Error(`the fraud flag reads back as ${after.fraud}`);
}

/** By plain calls: some vectors leave out on purpose what the call must have. */
async function delinquencyAction(play: Play, step: Fields, action: string): Promise<void> {
  const ends = { PAUSE: '', RESUME: '/resume' }[action] ?? `/${action}`;
  const answer = await play.deployment.world.fetch(
    `/v1/loans/${idOf(play, step)}/delinquency-pauses${ends}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        present({
          startDate: optional(step, 'startDate', step.text),
          endDate: optional(step, 'endDate', step.text),
        }),
      ),
    },
  );
  if (!answer.ok) throw new RefusedCall(answer.status, await answer.text());
}

/** As the client's own error, of a plain call. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

const reschedule: Operation = (play, step) =>
  loansOf(play).reschedule(
    idOf(play, step),
    present({
      rescheduleFromDate: step.text('rescheduleFromDate'),
      submittedOnDate: step.text('submittedOn'),
      approvedOnDate: optional(step, 'approvedOn', step.text),
      adjustedDueDate: optional(step, 'adjustedDueDate', step.text),
      graceOnPrincipalPayment: optional(step, 'graceOnPrincipal', step.number),
      graceOnInterestPayment: optional(step, 'graceOnInterest', step.number),
      extraTerms: optional(step, 'extraTerms', step.number),
      newInterestRate: optional(step, 'newInterestRate', step.number),
    }),
  );

const reAge: Operation = (play, step) =>
  withRef(play, step, () =>
    loansOf(play).reAge(idOf(play, step), {
      startDate: step.text('startDate'),
      frequencyNumber: step.number('frequencyNumber'),
      frequencyType: { DAYS: 'Days', WEEKS: 'Weeks', MONTHS: 'Months', YEARS: 'Years' }[
        step.text('frequencyUnit')
      ] as 'Days',
      numberOfInstallments: step.number('numberOfInstallments'),
    }),
  );

const disburse: Operation = (play, step) =>
  withRef(play, step, () =>
    loansOf(play).disburse(
      idOf(play, step),
      present({
        actualDisbursementDate: step.text('on'),
        transactionAmount: step.number('amount'),
        fixedInstallmentAmount: optional(step, 'fixedEmiAmount', step.number),
        firstRepaymentDate: optional(step, 'adjustRepaymentDate', step.text),
      }),
    ),
  );

const approve: Operation = (play, step) =>
  loansOf(play).approve(
    idOf(play, step),
    present({
      approvedOnDate: step.text('on'),
      approvedLoanAmount: step.number('amount'),
      expectedDisbursementDate: optional(step, 'expectedDisbursementDate', step.text),
    }),
  );

async function businessDate({ deployment }: Play): Promise<string> {
  return (await deployment.world.operator.businessDate.get()).date;
}

/** The server was opened with it, or a loan's terms say it. */
const settledBefore: Operation = async () => {};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'business-date': (play, step) => play.deployment.world.operator.businessDate.set(step.text('date')),
  'set-config': settledBefore,
  'set-cob-step': settledBefore,
  'set-allocation-rule': settledBefore,
  'set-product': settledBefore,
  'create-client': async ({ deployment, vectorId }, step) => {
    const externalId = `${vectorId}/${step.text('client')}`;
    const { id } = await deployment.world.partner.customers.create({ externalId });
    deployment.customers.set(step.text('client'), id);
  },
  'create-loan': createLoan,
  approve,
  'undo-approval': (play, step) => loansOf(play).undoApproval(idOf(play, step)),
  disburse,
  'undo-disbursal': (play, step) => loansOf(play).undoDisbursal(idOf(play, step)),
  'undo-last-disbursal': (play, step) => loansOf(play).undoLastDisbursal(idOf(play, step)),
  'delete-loan': deleteLoan,
  repayment: (play, step) => pay(play, step, 'REPAYMENT'),
  transaction: (play, step) => pay(play, step, step.text('kind')),
  'pay-off': payOff,
  'credit-balance-refund': (play, step) =>
    withRef(play, step, () =>
      clientOf(play).repayments.creditBalanceRefund(idOf(play, step), paymentOf(step)),
    ),
  'undo-transaction': (play, step) => correct(play, step, 'reverse'),
  'adjust-transaction': (play, step) => correct(play, step, 'adjust'),
  chargeback: (play, step) => correct(play, step, 'chargeback'),
  'add-charge': addCharge,
  'waive-charge': async (play, step) => {
    const at = await onCharge(play, step);
    await withRef(play, step, () => clientOf(play).loanCharges.waive(at));
  },
  'undo-waive-charge': undoWaiver,
  'charge-adjustment': async (play, step) => {
    const at = await onCharge(play, step);
    const body = { transactionDate: step.text('on'), transactionAmount: step.number('amount') };
    await withRef(play, step, () => clientOf(play).loanCharges.adjust(at, body));
  },
  'charge-off': (play, step) =>
    withRef(play, step, () =>
      clientOf(play).repayments.chargeOff(idOf(play, step), { transactionDate: step.text('on') }),
    ),
  'undo-charge-off': async (play, step) =>
    clientOf(play).repayments.undoChargeOff(idOf(play, step), { transactionDate: await businessDate(play) }),
  'write-off': (play, step) =>
    withRef(play, step, () => loansOf(play).writeOff(idOf(play, step), { transactionDate: step.text('on') })),
  'set-fraud': setFraud,
  'run-cob': closeDays,
  'run-job': runJob,
  reschedule,
  're-age': reAge,
  'undo-re-age': (play, step) => loansOf(play).undoReAge(idOf(play, step)),
  're-amortize': (play, step) => withRef(play, step, () => loansOf(play).reAmortize(idOf(play, step))),
  'undo-re-amortize': (play, step) => loansOf(play).undoReAmortize(idOf(play, step)),
  'delinquency-pause': (play, step) => delinquencyAction(play, step, 'PAUSE'),
  'delinquency-resume': (play, step) => delinquencyAction(play, step, 'RESUME'),
  'delinquency-action': (play, step) => delinquencyAction(play, step, step.text('action')),
};

export async function operate(play: Play, step: Step): Promise<void> {
  const name = String(step.op);
  const operation = OPERATIONS[name];
  if (!operation) throw new NotPlayable(`the API has no words for ${name}`);
  await operation(play, fieldsOf(step));
}
