/** What is left of calls under four eyes once they are over: who, which, when, and nothing personal. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type LoanbookClient, type LoanbookError } from '../../sdk/client.ts';
import { forgetApprovals } from '../../server/operations/approvals/forgetApprovals.ts';
import { PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';

const DAYS = 30;
const PERSONAL = 'Mwanaisha';
let world: World;
let second: LoanbookClient;

beforeAll(async () => {
  world = await makeWorld();
  await world.operator.accounts.create({
    email: 'second@example.com',
    password: PASSWORD,
    roles: ['OPERATOR'],
  });
  const login = { email: 'second@example.com', password: PASSWORD };
  second = createClient({ apiUrl: world.apiUrl, authUrl: world.authUrl, login });
  await world.operator.approvals.setOperations(['createCustomer']);
  world.clock.advanceSeconds(3);
});
afterAll(() => world.close());

/** A customer that waits for a second person; answers the number of the approval. */
async function ask(idempotencyKey: string = crypto.randomUUID()): Promise<string> {
  const externalId = `person-${idempotencyKey}`;
  const call = world.partner.customers.create({ externalId, firstname: PERSONAL }, { idempotencyKey });
  const error = await call.then(
    () => expect.unreachable('the call did not wait'),
    (failure: LoanbookError) => failure,
  );
  return error.approvalId ?? expect.unreachable(error.message);
}

const forget = () => forgetApprovals({ ...world, mayGoOn: async () => true });

async function stored(id: string): Promise<{ body: unknown; answer: string | null; fingerprint: string }> {
  const [row] = await world.db.read.query<{ body: unknown; answer: string | null; fingerprint: string }>(
    'select body, answer, fingerprint from approval where id = $1',
    [BigInt(id)],
  );
  return row ?? expect.unreachable('the approval is gone');
}

it('a call that was carried out loses its body at once, and its answer after some weeks', async () => {
  const id = await ask();
  expect((await stored(id)).body).toMatchObject({ firstname: PERSONAL });
  expect(await second.approvals.approve(id)).toMatchObject({
    answered: 200,
    answer: { displayName: expect.stringContaining(PERSONAL) },
  });
  expect((await stored(id)).body).toBeNull();
  // Whoever asked for it learns what became of it.
  expect(await world.partner.approvals.get(id)).toMatchObject({ answer: { status: 'Active' } });
  world.clock.advanceDays(DAYS - 1);
  await forget();
  expect((await stored(id)).answer).not.toBeNull();
  world.clock.advanceDays(2);
  await forget();
  const left = await stored(id);
  expect(left).toMatchObject({ body: null, answer: null });
  expect(left.fingerprint).toMatch(/^[\w-]{43}$/);
  const shown = await world.operator.approvals.get(id);
  expect(shown).toMatchObject({ operation: 'createCustomer', status: 'approved', answered: 200 });
  expect([shown.body, shown.answer]).toEqual([undefined, undefined]);
});

it('a rejected call loses its body, also where the answer to its rejection is kept', async () => {
  const id = await ask('rejected');
  const first = await second.approvals.reject(id, 'not ours');
  expect(first).toMatchObject({ status: 'rejected', note: 'not ours' });
  expect(first.body).toBeUndefined();
  expect((await stored(id)).body).toBeNull();
  const again = world.partner.customers.create(
    { externalId: 'person-rejected', firstname: PERSONAL },
    { idempotencyKey: 'rejected' },
  );
  await expect(again).rejects.toMatchObject({
    code: 'aborted',
    message: `this call (approval ${id}) is rejected: ask again under another Idempotency-Key`,
  });
});

it('a call that nobody decided expires: it is not carried out any more, and its body goes', async () => {
  const [late, swept] = [await ask(), await ask()];
  world.clock.advanceDays(DAYS);
  const young = await ask();
  world.clock.advanceSeconds(1);
  const before = (await world.partner.customers.list().page()).total;
  await expect(second.approvals.approve(late)).rejects.toMatchObject({
    code: 'aborted',
    message: 'This call waited for more than 30 days: it has to be asked for again',
  });
  expect((await second.approvals.reject(late)).status).toBe('rejected');
  world.clock.advanceSeconds(3_600);
  expect(await forget()).toBe(1);
  const expired = await world.operator.approvals.get(swept);
  expect(expired.status).toBe('expired');
  expect(await stored(swept)).toMatchObject({ body: null });
  await expect(second.approvals.approve(swept)).rejects.toMatchObject({ code: 'aborted' });
  expect((await world.partner.customers.list().page()).total).toBe(before);
  const { items } = await world.operator.audit.list({ operation: 'expireApprovals' }).page();
  expect(items).toMatchObject([{ subject: { id: swept } }]);
  expect((await second.approvals.approve(young)).answered).toBe(200);
});

it('one that failed in the server can be approved again while it is young, and then no more', async () => {
  const id = await ask();
  await world.db.read.query(
    `update approval set status = 'approved', answered = 500, decided_at = $2, decided_by = requested_by
     where id = $1`,
    [BigInt(id), world.clock.now()],
  );
  await forget();
  expect((await stored(id)).body).toMatchObject({ firstname: PERSONAL });
  world.clock.advanceDays(DAYS + 1);
  await forget();
  expect((await world.operator.approvals.get(id)).status).toBe('expired');
  expect((await stored(id)).body).toBeNull();
  await expect(second.approvals.approve(id)).rejects.toMatchObject({ code: 'aborted' });
});

it('no answer that is kept for a repetition, and no entry of the trail, holds the body', async () => {
  const kept = await world.db.read.query('select body from idempotency_key where route like $1', [
    'POST /v1/approvals%',
  ]);
  expect(kept.length).toBeGreaterThan(2);
  const trail = await world.db.read.query(`select facts from audit_entry where subject_kind = 'approval'`);
  expect(trail.length).toBeGreaterThan(5);
  expect(JSON.stringify([kept, trail])).not.toContain(PERSONAL);
});
