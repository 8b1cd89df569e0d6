/** Working days and holidays: configured by operators, kept by the loans that are made with them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loan } from '../../sdk/client.ts';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectRefusal } from './calls.ts';

const WEEK = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;
const EVERY_DAY = [...WEEK, 'Saturday', 'Sunday'] as const;
const OPEN = { workingDays: [...EVERY_DAY], nonWorkingDayRule: 'Same day' } as const;
const NEXT = { workingDays: [...WEEK], nonWorkingDayRule: 'Next working day' } as const;
/** Tuesday, 15 April, is within it. */
const EASTER = {
  name: 'Easter',
  fromDate: '2025-04-14',
  toDate: '2025-04-18',
  rescheduledToDate: '2025-04-22',
  offices: ['HEAD_OFFICE'],
};
const operator = { as: 'operator' } as const;

let world: World;
let api: Caller;
let customerId: string;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
  customerId = (await world.partner.customers.create({ externalId: 'amina' })).id;
});
beforeEach(async () => {
  world.clock.setDate('2025-01-15');
  await world.operator.workingDays.set(OPEN);
  for (const { id } of await world.operator.holidays.list()) await world.operator.holidays.delete(id);
});
afterAll(async () => {
  const { faults } = await auditBook(world.db, world.clock.date());
  await world.close();
  expect(faults).toEqual([]);
});

const order = { productId: 2, principal: 600_000, numberOfRepayments: 4 };
const borrow = (more: object = {}): Promise<Loan> =>
  world.partner.loans.create({ customerId, ...order, ...more });
const dueDates = ({ repaymentSchedule }: Pick<Loan, 'repaymentSchedule'>) =>
  repaymentSchedule.filter(({ period }) => period > 0).map(({ dueDate }) => dueDate);
const REGULAR = ['2025-02-15', '2025-03-15', '2025-04-15', '2025-05-15'];

describe('working days', () => {
  it('are all days as long as nobody says anything', async () => {
    expect(await world.partner.workingDays.get()).toEqual({
      ...OPEN,
      extendTermForDailyRepayments: false,
      allowTransactionsOnNonWorkingDays: true,
      allowTransactionsOnHolidays: true,
    });
    expect(dueDates(await borrow())).toEqual(REGULAR);
  });

  it('move the due dates of loans made from then on; the preview has the same rows', async () => {
    const before = await borrow();
    expect(await world.operator.workingDays.set(NEXT)).toMatchObject(NEXT);
    const loan = await borrow();
    expect(dueDates(loan)).toEqual(['2025-02-17', '2025-03-17', '2025-04-15', '2025-05-15']);
    const preview = await world.partner.loans.preview(order);
    expect(preview.repaymentSchedule).toEqual(loan.repaymentSchedule);
    expect(dueDates(await world.partner.loans.get(before.id))).toEqual(REGULAR);
    const previous = { ...NEXT, nonWorkingDayRule: 4 } as const;
    await world.operator.workingDays.set(previous);
    expect(dueDates(await borrow())).toEqual(['2025-02-14', '2025-03-14', '2025-04-15', '2025-05-15']);
    expect(dueDates(await world.partner.loans.get(loan.id))).toEqual(dueDates(loan));
  });

  it('stay with a loan through payments, changes of its application, and a second disbursement', async () => {
    await world.operator.workingDays.set(NEXT);
    const { id } = await borrow({ disburse: false });
    await world.operator.workingDays.set(OPEN);
    await world.partner.loans.update(id, { principal: 500_000 });
    await world.partner.loans.approve(id, { approvedOnDate: '2025-01-15' });
    const moved = ['2025-02-17', '2025-03-17', '2025-04-15', '2025-05-15'];
    const loan = await world.partner.loans.disburse(id, { actualDisbursementDate: '2025-01-15' });
    expect(dueDates(loan)).toEqual(moved);
    world.clock.setDate('2025-02-20');
    await world.partner.repayments.create(id, { transactionAmount: 100_000 });
    expect(dueDates(await world.partner.loans.get(id))).toEqual(moved);
  });

  it('are set by operators, and refused when they make no sense', async () => {
    const put = (body: object, as: 'operator' | 'admin' = 'operator') =>
      api.put('/v1/working-days', body, { as });
    expectRefusal(await put(NEXT, 'admin'), '403 permission_denied');
    expectRefusal(await put({ ...NEXT, workingDays: [] }), '400 invalid_argument', 'workingDays');
    expectRefusal(
      await put({ ...NEXT, workingDays: ['Monday', 'Monday'] }),
      '400 invalid_argument',
      'workingDays',
    );
    expectRefusal(await put({ ...NEXT, workingDays: ['Funday'] }), '400 invalid_argument');
    expectRefusal(
      await put({ ...NEXT, nonWorkingDayRule: 'Never' }),
      '400 invalid_argument',
      'nonWorkingDayRule',
    );
    expectRefusal(await put({ ...NEXT, more: 1 }), '400 invalid_argument', 'more');
    const trail = await world.operator.audit.list({ operation: 'setWorkingDays' }).page();
    expect(trail.items[0]).toMatchObject({ subject: { kind: 'workingDays' } });
  });
});

describe('a holiday', () => {
  it('holds once it is activated, for loans made from then on', async () => {
    const { holidays } = world.operator;
    const made = await holidays.create(EASTER);
    expect(made).toMatchObject({ ...EASTER, status: 'pending' });
    expect(dueDates(await borrow())).toEqual(REGULAR);
    const { id } = made;
    expect(await holidays.activate(id)).toEqual({ ...made, status: 'active' });
    const loan = await borrow();
    expect(dueDates(loan)).toEqual(['2025-02-15', '2025-03-15', '2025-04-22', '2025-05-15']);
    expect(await holidays.list()).toEqual([{ ...made, status: 'active' }]);
    await holidays.delete(id);
    expect(await holidays.list()).toEqual([]);
    expectRefusal(await api.get(`/v1/holidays/${id}`, operator), '404 not_found');
    expect(dueDates(await world.partner.loans.get(loan.id))).toEqual(dueDates(loan));
    expect(dueDates(await borrow())).toEqual(REGULAR);
  });

  it('sends due dates to the next repayment date where it names no day', async () => {
    const { rescheduledToDate: _day, ...next } = EASTER;
    const { id } = await world.operator.holidays.create(next);
    await world.operator.holidays.activate(id);
    expect(dueDates(await borrow())).toEqual(['2025-02-15', '2025-03-15', '2025-05-15', '2025-06-15']);
  });

  it('is that of its offices only', async () => {
    const arusha = await world.operator.offices.create({ name: 'Arusha', shortName: 'ARUSHA' });
    const { id } = await world.operator.holidays.create({ ...EASTER, offices: ['ARUSHA'] });
    await world.operator.holidays.activate(id);
    expect(dueDates(await borrow())).toEqual(REGULAR);
    const there = await world.partner.customers.create({ externalId: 'there', officeId: arusha.id });
    const loan = await borrow({ customerId: there.id });
    expect(dueDates(loan)[2]).toBe('2025-04-22');
    const preview = await world.partner.loans.preview({ ...order, customerId: there.id });
    expect(preview.repaymentSchedule).toEqual(loan.repaymentSchedule);
  });

  it('changes while it is pending; an active one but in name', async () => {
    const { holidays } = world.operator;
    const { id } = await holidays.create(EASTER);
    const shorter = { ...EASTER, toDate: '2025-04-16', description: 'short' };
    expect(await holidays.update(id, shorter)).toMatchObject({ ...shorter, status: 'pending' });
    await holidays.activate(id);
    expectRefusal(await api.post(`/v1/holidays/${id}/activate`, {}, operator), '409 aborted');
    expectRefusal(await api.put(`/v1/holidays/${id}`, EASTER, operator), '409 aborted');
    expect(await holidays.update(id, { ...shorter, name: 'Pasaka' })).toMatchObject({ name: 'Pasaka' });
  });

  it('is made by operators, once under a key, and refused when it makes no sense', async () => {
    const post = (
      body: object,
      as: 'operator' | 'admin' = 'operator',
      headers: Record<string, string> = {},
    ) => api.post('/v1/holidays', body, { as, headers });
    expectRefusal(await post(EASTER, 'admin'), '403 permission_denied');
    const key = { 'idempotency-key': 'easter' };
    const first = await post(EASTER, 'operator', key);
    expect((await post(EASTER, 'operator', key)).body).toEqual(first.body);
    expectRefusal(await post(EASTER), '409 aborted');
    const other = { ...EASTER, name: 'Other' };
    expectRefusal(await post({ ...other, toDate: '2025-04-13' }), '400 invalid_argument', 'toDate');
    expectRefusal(await post({ ...other, offices: ['NOWHERE'] }), '400 invalid_argument', 'offices');
    expectRefusal(await post({ ...other, offices: [] }), '400 invalid_argument', 'offices');
    const within = { ...other, rescheduledToDate: '2025-04-15' };
    expectRefusal(await post(within), '400 invalid_argument', 'rescheduledToDate');
    expectRefusal(await post({ ...other, fromDate: '2025-02-30' }), '400 invalid_argument', 'fromDate');
    expectRefusal(await api.get('/v1/holidays/x', operator), '400 invalid_argument', 'holiday_id');
    expectRefusal(await api.delete('/v1/holidays/99999', operator), '404 not_found');
  });
});

describe('money', () => {
  const forbidding = { allowTransactionsOnNonWorkingDays: false, allowTransactionsOnHolidays: false };

  it('does not move on days on which nobody works, if the lender forbids it', async () => {
    const { id } = await borrow();
    const pending = await borrow({ disburse: false });
    await world.partner.loans.approve(pending.id, { approvedOnDate: '2025-01-15' });
    await world.operator.workingDays.set({ ...NEXT, ...forbidding });
    // A Saturday.
    world.clock.setDate('2025-01-18');
    const pay = (transactionDate: string) =>
      api.post(`/v1/loans/${id}/repayments`, { transactionAmount: 100, transactionDate });
    expectRefusal(await pay('2025-01-18'), '403 permission_denied');
    const disburse = { actualDisbursementDate: '2025-01-18' };
    expectRefusal(await api.post(`/v1/loans/${pending.id}/disburse`, disburse), '403 permission_denied');
    expectRefusal(await api.post('/v1/loans', { customerId, ...order }), '403 permission_denied');
    expectRefusal(await api.post('/v1/loans/preview', order), '403 permission_denied');
    const paid = await pay('2025-01-17');
    expect(paid.status).toBe(200);
    const reversed = await api.post(`/v1/loans/${id}/repayments/${paid.body.id}/reverse`, {
      transactionDate: '2025-01-18',
    });
    expect(reversed.status).toBe(200);
  });

  it('does not move on a holiday of the office, if the lender forbids it', async () => {
    const { id } = await borrow();
    const holiday = {
      ...EASTER,
      fromDate: '2025-01-20',
      toDate: '2025-01-20',
      rescheduledToDate: '2025-01-21',
    };
    await world.operator.holidays.activate((await world.operator.holidays.create(holiday)).id);
    await world.operator.workingDays.set({ ...OPEN, ...forbidding });
    world.clock.setDate('2025-01-20');
    const pay = () => api.post(`/v1/loans/${id}/repayments`, { transactionAmount: 100 });
    expectRefusal(await pay(), '403 permission_denied');
    await world.operator.workingDays.set({ ...OPEN, ...forbidding, allowTransactionsOnHolidays: true });
    expect((await pay()).status).toBe(200);
  });
});

describe('the configuration document', () => {
  it('holds the calendar, makes it in another book, and then has nothing to do', async () => {
    const { configuration } = world.operator;
    const document = {
      workingDays: [{ calendar: 'STANDARD' as const, ...NEXT }],
      holidays: [EASTER, { ...EASTER, name: 'Later', status: 'pending' as const }],
    };
    const dry = await configuration.apply({ configuration: document, dryRun: true });
    expect(dry.changes.map(({ action, section, name }) => `${action} ${section} ${name}`)).toEqual([
      'update workingDays STANDARD',
      'create holidays Easter',
      'create holidays Later',
    ]);
    expect(await world.operator.holidays.list()).toEqual([]);
    expect(await configuration.apply({ configuration: document })).toEqual({ ...dry, applied: true });
    expect(dueDates(await borrow())).toEqual(['2025-02-17', '2025-03-17', '2025-04-22', '2025-05-15']);
    const whole = await configuration.export();
    expect(whole.holidays?.map(({ name, status }) => [name, status])).toEqual([
      ['Easter', 'active'],
      ['Later', 'pending'],
    ]);
    expect(await configuration.apply({ configuration: whole })).toMatchObject({ changes: [], unnamed: [] });
    const back = { holidays: [{ ...EASTER, status: 'pending' as const }] };
    expectRefusal(
      await api.post('/v1/configuration', { configuration: back }, operator),
      '400 invalid_argument',
      'holidays.Easter.status',
    );
  });
});
