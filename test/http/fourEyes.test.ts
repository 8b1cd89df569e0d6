/** Four eyes: the second operator approves, the first can't; and viewers, who look and change nothing. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createClient, type LoanbookClient, type LoanbookError } from '../../sdk/client.ts';
import { PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
let second: LoanbookClient;
let loan: string;

const clientOf = (email: string): LoanbookClient =>
  createClient({ apiUrl: world.apiUrl, authUrl: world.authUrl, login: { email, password: PASSWORD } });

beforeAll(async () => {
  world = await makeWorld();
  const roles = ['ADMIN', 'OPERATOR'] as const;
  await world.operator.accounts.create({ email: 'second@example.com', password: PASSWORD, roles });
  second = clientOf('second@example.com');
  await world.partner.customers.create({ externalId: 'amina' });
});
afterAll(() => world.close());

beforeEach(async () => {
  loan = (await world.partner.loans.create({ customerId: 'amina', productId: '1', principal: 50_000 })).id;
  await setOperations(['writeOffLoan']);
});

/** With both pairs of eyes, as soon as it needs them. */
async function setOperations(operations: readonly string[]): Promise<void> {
  try {
    await world.operator.approvals.setOperations(operations);
  } catch (error) {
    const { approvalId = '' } = error as LoanbookError;
    expect((await second.approvals.approve(approvalId)).answered).toBe(200);
  }
  world.clock.advanceSeconds(3);
}

const writeOff = (client: LoanbookClient, idempotencyKey: string = crypto.randomUUID()) =>
  client.loans.writeOff(loan, { transactionDate: world.clock.date() }, { idempotencyKey });

async function pendingId(call: Promise<unknown>): Promise<string> {
  const error: LoanbookError = await call.then(
    () => expect.unreachable('the call did not wait'),
    (failure) => failure,
  );
  expect([error.code, error.status]).toEqual(['approval_pending', 202]);
  return error.approvalId ?? '';
}

it('keeps the call until the second person approves it, then carries it out for the first', async () => {
  const id = await pendingId(writeOff(world.partner));
  expect((await world.partner.loans.get(loan)).status).toBe('Active');
  expect(await second.approvals.get(id)).toMatchObject({
    operation: 'writeOffLoan',
    path: `/v1/loans/${loan}/writeoff`,
    body: { transactionDate: world.clock.date() },
    status: 'pending',
  });
  await expect(world.partner.approvals.approve(id)).rejects.toMatchObject({
    code: 'permission_denied',
    message: 'You asked for this call: another operator has to approve it',
  });
  const approved = await second.approvals.approve(id, 'agreed');
  expect(approved).toMatchObject({ status: 'approved', note: 'agreed', answered: 200 });
  expect((await world.partner.loans.get(loan)).status).toBe('Closed (written off)');
  const { items } = await world.operator.audit.list({ loanId: loan, operation: 'writeOffLoan' }).page();
  expect(items).toMatchObject([{ accountId: approved.requestedBy, requestId: `approval-${id}` }]);
  await expect(second.approvals.approve(id)).rejects.toMatchObject({ code: 'aborted' });
});

it('the same call sent again waits once; another under its key is refused', async () => {
  const id = await pendingId(writeOff(world.partner, 'key 1'));
  expect(await pendingId(writeOff(world.partner, 'key 1'))).toBe(id);
  const other = world.partner.loans.writeOff(
    loan,
    { transactionDate: '2025-01-14' },
    { idempotencyKey: 'key 1' },
  );
  await expect(other).rejects.toMatchObject({ code: 'aborted' });
  await second.approvals.reject(id);
});

it('by either address, and whoever calls', async () => {
  await world.partner.loans.create({
    customerId: 'amina',
    productId: '1',
    principal: 50_000,
    externalId: 'wallet/1',
  });
  const call = second.loans.writeOff({ externalId: 'wallet/1' }, { transactionDate: world.clock.date() });
  const approved = await world.partner.approvals.approve(await pendingId(call));
  expect(approved).toMatchObject({ path: '/v1/loans/external/wallet%2F1/writeoff', answered: 200 });
});

it('a rejected call is never carried out; one may reject what one asked for', async () => {
  const id = await pendingId(writeOff(world.partner));
  expect((await world.partner.approvals.reject(id, 'a mistake')).status).toBe('rejected');
  await expect(second.approvals.approve(id)).rejects.toMatchObject({ code: 'aborted' });
  expect((await world.partner.loans.get(loan)).status).toBe('Active');
});

it('what is wrong in itself is refused at once, and what has become wrong when it is approved', async () => {
  const wrong = world.partner.loans.writeOff(loan, { transactionDate: 'tomorrow' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_argument' });
  const [first, again] = [await pendingId(writeOff(world.partner)), await pendingId(writeOff(world.partner))];
  expect((await second.approvals.approve(first)).answered).toBe(200);
  expect(await second.approvals.approve(again)).toMatchObject({
    status: 'approved',
    answered: 409,
    answer: { code: 'aborted' },
  });
});

it('an account that was disabled meanwhile gets nothing done', async () => {
  const { id: account } = await world.operator.accounts.create({
    email: `${crypto.randomUUID()}@example.com`,
    password: PASSWORD,
    roles: ['ADMIN'],
  });
  const { email } = await world.operator.accounts.get(account);
  const id = await pendingId(writeOff(clientOf(email)));
  await world.operator.accounts.disable(account);
  await expect(second.approvals.approve(id)).rejects.toMatchObject({ code: 'permission_denied' });
  expect((await world.partner.loans.get(loan)).status).toBe('Active');
  expect((await second.approvals.reject(id)).status).toBe('rejected');
});

it('a call under a key takes effect once, also when the setting changes in between', async () => {
  const repay = (idempotencyKey: string) =>
    world.partner.repayments.create(loan, { transactionAmount: 1_000 }, { idempotencyKey });
  await repay('before');
  await setOperations(['writeOffLoan', 'createRepayment']);
  expect((await second.approvals.approve(await pendingId(repay('before')))).answered).toBe(200);
  const waiting = await pendingId(repay('after'));
  await setOperations(['writeOffLoan']);
  await repay('after');
  expect((await second.approvals.approve(waiting)).answered).toBe(200);
  expect((await world.partner.repayments.list(loan).page()).total).toBe(2);
});

it('which operations need it is decided by two as well, and only of operations that can wait', async () => {
  const id = await pendingId(world.operator.approvals.setOperations([]));
  expect(await world.operator.approvals.operations()).toEqual(['writeOffLoan']);
  await second.approvals.reject(id);
  await pendingId(world.operator.approvals.setOperations(['createAccount'])).then(async (unknown) => {
    expect(await second.approvals.approve(unknown)).toMatchObject({
      answered: 400,
      answer: { message: expect.stringContaining('cannot wait for a second person: createAccount') },
    });
  });
});

it('one person cannot become two: roles wait, and what holds a secret is refused', async () => {
  const made = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
  const asOperator = world.operator.accounts.create({ ...made, roles: ['ADMIN', 'OPERATOR'] });
  await expect(asOperator).rejects.toMatchObject({ code: 'permission_denied' });
  const { id } = await world.operator.accounts.create({ ...made, roles: ['ADMIN'] });
  const approval = await pendingId(world.operator.accounts.setRoles(id, ['ADMIN', 'OPERATOR']));
  await expect(world.operator.approvals.approve(approval)).rejects.toMatchObject({
    code: 'permission_denied',
  });
  expect((await second.approvals.approve(approval)).answered).toBe(200);
  expect((await world.operator.accounts.get(id)).roles).toContain('OPERATOR');
  const taken = world.operator.accounts.setPassword(id, 'another password for tests');
  await expect(taken).rejects.toMatchObject({ code: 'permission_denied' });
});

it('nobody can make up a pass', async () => {
  const answer = await world.fetch(`/v1/loans/${loan}`, {
    as: 'nobody',
    headers: { 'x-loanbook-pass': 'anything' },
  });
  expect(answer.status).toBe(401);
});

it('a viewer looks at everything and changes nothing', async () => {
  await world.operator.accounts.create({
    email: 'viewer@example.com',
    password: PASSWORD,
    roles: ['VIEWER'],
  });
  const viewer = clientOf('viewer@example.com');
  expect((await viewer.loans.get(loan)).status).toBe('Active');
  expect((await viewer.approvals.operations()).length).toBe(1);
  expect((await viewer.accounts.page()).total).toBeGreaterThan(3);
  await expect(viewer.repayments.create(loan, { transactionAmount: 1 })).rejects.toMatchObject({
    status: 401,
  });
  await expect(viewer.glAccounts.list()).resolves.toBeDefined();
  await expect(viewer.approvals.setOperations([])).rejects.toMatchObject({ status: 403 });
});
