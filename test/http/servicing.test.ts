/** What operators do to running loans: closing by hand, fraud, restructuring, undoing, accruing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loan, LoanbookClient } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';

const DAY = '2025-01-15';

let world: World;
let client: LoanbookClient;
let customerId: string;
let plainId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: DAY });
  client = world.partner;
  customerId = (await client.customers.create({ externalId: 'amina' })).id;
  plainId = (await client.loanProducts.create({ ...PLAIN, name: 'Plain', shortName: 'PLAIN' })).id;
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

/** Without interest, so that it may be re-aged and re-amortized; in tranches; 10 may be left at the end. */
const PLAIN = {
  principal: 1_000,
  numberOfRepayments: 4,
  repaymentEvery: 1,
  repaymentFrequencyType: 'Months',
  interestRatePerPeriod: 0,
  interestRateFrequencyType: 'Per month',
  scheduleType: 'Progressive',
  transactionProcessingStrategy: 'advanced-payment-allocation-strategy',
  multiDisburse: true,
  maxTrancheCount: 3,
  closingTolerance: 10,
  overdueDaysForNonPerforming: 90,
  delinquencyBucket: 'STANDARD',
} as const;

async function borrow(more: object = {}): Promise<Loan> {
  world.clock.setDate(DAY);
  return client.loans.create({ customerId, productId: 2, principal: 600_000, ...more });
}
const borrowPlain = (more: object = {}) => borrow({ productId: plainId, principal: 1_000, ...more });

const dueDates = ({ repaymentSchedule }: Loan): string[] =>
  repaymentSchedule.filter(({ period }) => period > 0).map(({ dueDate }) => dueDate);

const refused = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('rescheduling', () => {
  it('moves a due date, and says so; sent again with its key it moves it once', async () => {
    const { id } = await borrow();
    const request = { rescheduleFromDate: '2025-02-15', adjustedDueDate: '2025-02-25' };
    const options = { idempotencyKey: `move-${id}` };
    const moved = await client.loans.reschedule(Number(id), request, options);
    expect(dueDates(moved).slice(0, 2)).toEqual(['2025-02-25', '2025-03-25']);
    expect(await client.loans.reschedule(Number(id), request, options)).toEqual(moved);
    expect(await client.loans.termVariations(Number(id))).toEqual([
      { type: 'Due date', applicableFrom: '2025-02-15', date: '2025-02-25' },
    ]);
  });

  it('adds terms and changes the rate, by either address', async () => {
    await borrow({ externalId: 'further/terms' });
    const at = { externalId: 'further/terms' };
    const longer = await client.loans.reschedule(at, { rescheduleFromDate: '2025-03-15', extraTerms: 2 });
    expect(dueDates(longer)).toHaveLength(14);
    const cheaper = await client.loans.reschedule(at, {
      rescheduleFromDate: '2025-03-15',
      newInterestRate: 1,
    });
    expect(cheaper.interestCharged).toBeLessThan(longer.interestCharged);
  });

  it('is refused where nothing is due, nothing is asked, or the loan does not run', async () => {
    const { id } = await borrow();
    const ask = (loan: number, body: object) =>
      client.loans.reschedule(loan, { rescheduleFromDate: '2025-02-15', ...body });
    const terms = { extraTerms: 1 };
    await expect(ask(Number(id), {})).rejects.toEqual(refused('invalid_argument', /changes nothing/));
    await expect(ask(Number(id), { ...terms, rescheduleFromDate: '2025-02-16' })).rejects.toEqual(
      refused('invalid_argument', /No installment is due/),
    );
    const pending = await borrow({ disburse: false });
    await expect(ask(Number(pending.id), terms)).rejects.toEqual(refused('aborted'));
  });
});

describe('restructuring a loan without interest', () => {
  it('re-ages it after its maturity, and takes that back', async () => {
    const { id } = await borrowPlain();
    world.clock.setDate('2025-06-01');
    const terms = {
      startDate: '2025-07-01',
      frequencyNumber: 1,
      frequencyType: 'Months',
      numberOfInstallments: 2,
    } as const;
    const aged = await client.loans.reAge(Number(id), terms);
    const rows = aged.repaymentSchedule.slice(-2);
    expect(rows.map(({ dueDate, totalOutstanding }) => [dueDate, totalOutstanding])).toEqual([
      ['2025-07-01', 500],
      ['2025-08-01', 500],
    ]);
    const before = await client.loans.undoReAge(Number(id));
    expect(dueDates(before)).toHaveLength(4);
    await expect(client.loans.undoReAge(Number(id))).rejects.toEqual(refused('aborted'));
  });

  it('re-amortizes it before its maturity, and takes that back', async () => {
    const { id } = await borrowPlain();
    world.clock.setDate('2025-03-20');
    const spread = await client.loans.reAmortize(Number(id));
    const open = spread.repaymentSchedule.filter(({ totalOutstanding }) => totalOutstanding > 0);
    expect(open.map(({ totalOutstanding }) => totalOutstanding)).toEqual([500, 500]);
    const before = await client.loans.undoReAmortize(Number(id));
    expect(before.totalOverdue).toBe(500);
  });
});

describe('undoing', () => {
  it('takes the last of two disbursements back, not the only one', async () => {
    const pending = await borrowPlain({ disburse: false });
    const id = Number(pending.id);
    await client.loans.approve(id, { approvedOnDate: DAY });
    const paid = { actualDisbursementDate: DAY, transactionAmount: 400 };
    await client.loans.disburse(id, paid);
    await expect(client.loans.undoLastDisbursal(id)).rejects.toEqual(refused('aborted'));
    await client.loans.disburse(id, paid);
    expect((await client.loans.get(id)).principalDisbursed).toBe(800);
    expect((await client.loans.undoLastDisbursal(id)).principalDisbursed).toBe(400);
  });

  it('takes a write-off back', async () => {
    const { id, totalOutstanding } = await borrow();
    await client.loans.writeOff(Number(id), { transactionDate: DAY });
    const open = await client.loans.undoWriteOff(Number(id), { note: 'paid after all' });
    expect(open).toMatchObject({ status: 'Active', totalOutstanding, principalWrittenOff: 0 });
    await expect(client.loans.undoWriteOff(Number(id))).rejects.toEqual(refused('aborted'));
  });
});

describe('closing by hand', () => {
  it('closes a loan of which less than the tolerance is open', async () => {
    const { id } = await borrowPlain();
    const at = { transactionDate: DAY };
    await client.repayments.create(Number(id), { transactionAmount: 980 });
    await expect(client.loans.close(Number(id), at)).rejects.toEqual(
      refused('aborted', /tolerance of 10.00/),
    );
    await client.repayments.create(Number(id), { transactionAmount: 15 });
    expect(await client.loans.close(Number(id), at)).toMatchObject({
      status: 'Closed (obligations met)',
      closedDate: DAY,
      actualMaturityDate: DAY,
      principalWrittenOff: 5,
      totalOutstanding: 0,
    });
  });
});

describe('fraud', () => {
  it('is marked, decides where a charge-off goes, and is unmarked', async () => {
    const { id } = await borrow();
    expect((await client.loans.markFraud(Number(id), { fraud: true })).fraud).toBe(true);
    await client.repayments.chargeOff(Number(id), { transactionDate: DAY });
    const chargedOff = (await client.loans.transactions(Number(id))).at(-1);
    const product = await client.loanProducts.get(2);
    expect(chargedOff?.journal[0]?.lines).toContainEqual({
      glCode: product.accounts.chargeOffFraudExpense,
      debit: 600_000,
    });
    expect((await client.loans.markFraud(Number(id), { fraud: false })).fraud).toBeUndefined();
  });
});

describe('without waiting for the close of business', () => {
  it('income is recognised up to a day, and a late loan is classified', async () => {
    const { id } = await borrow();
    world.clock.setDate('2025-03-01');
    expect((await client.loans.get(Number(id))).delinquencyRange).toBeUndefined();
    expect((await client.loans.classifyDelinquency(Number(id))).range).toBe('DAYS_1_30');
    await client.loans.accrue(Number(id), { tillDate: '2025-02-15' });
    const accruals = (await client.loans.transactions(Number(id))).filter(({ type }) => type === 'Accrual');
    expect(accruals.map(({ interest }) => interest)).toEqual([12_000]);
    expect((await client.loans.accrue(Number(id))).interestCharged).toBeGreaterThan(12_000);
    expect(await client.closeOfBusiness.ofLoan(id)).toEqual({ loanId: id });
  });
});

it('interest is forgiven by paying it for the customer', async () => {
  const { id } = await borrow();
  world.clock.setDate('2025-02-15');
  const waived = await client.repayments.interestPaymentWaiver(Number(id), { transactionAmount: 5_000 });
  expect(waived).toMatchObject({ type: 'Interest Payment Waiver', interest: 5_000 });
});

it('what was agreed with a disbursement holds for the schedule', async () => {
  const { id } = await borrow({ disburse: false });
  await client.loans.approve(Number(id), { approvedOnDate: DAY });
  const loan = await client.loans.disburse(Number(id), {
    actualDisbursementDate: DAY,
    firstRepaymentDate: '2025-02-20',
    fixedInstallmentAmount: 70_000,
  });
  expect(loan.repaymentSchedule[1]).toMatchObject({ dueDate: '2025-02-20', totalDue: 70_000 });
});

it('a chargeback names its payment type', async () => {
  const { id } = await borrow();
  const paid = await client.repayments.create(Number(id), { transactionAmount: 50_000 });
  const [type] = await client.paymentTypes.list();
  const at = { loan: Number(id), repayment: paid.id };
  const body = { transactionDate: DAY, transactionAmount: 20_000, paymentTypeId: String(type?.id) };
  expect((await client.repayments.chargeback(at, body)).paymentTypeId).toBe(String(type?.id));
});
