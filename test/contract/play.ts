/** Plays one row of the contract by one addressing, and looks at all that may have changed. */
import { expect } from 'vitest';
import { type Caller, callerOf, expectRefusal, type Reply } from '../http/calls.ts';
import type { World } from '../world.ts';
import { type Case, freshName, STATES } from './states.ts';
import type { Row } from './table.ts';

export type Addressing = 'by id' | 'by external id' | 'at its only address';

export const addressingsOf = ({ call }: Row): readonly Addressing[] =>
  /\{(loan|customer)\}/.test(call) ? ['by id', 'by external id'] : ['at its only address'];

export const titleOf = ({ call, given, as, body, answers, says, faults }: Row): string => {
  const sent = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  const told = says ?? (faults ? JSON.stringify(faults) : '');
  const asked = `${call}, given ${given ?? 'nothing'}${as ? `, as ${as}` : ''}`;
  return `${asked}: ${sent.slice(0, 160)} -> ${answers} ${told}`;
};

export async function play(world: World, row: Row, form: Addressing): Promise<void> {
  const found: Case = await STATES[row.given ?? 'nothing'](callerOf(world));
  try {
    await playIn(world, { row, form, found });
  } finally {
    await found.end?.();
  }
}

async function playIn(world: World, { row, form, found }: Omit<Sending, 'fill' | 'key'>): Promise<void> {
  const fill = fillerOf(found);
  const before = await everything(world);
  const key = freshName().replaceAll(/[^\w]/g, '-');
  const reply = await send(world, { row, form, found, fill, key });
  const after = await everything(world);
  expectAnswer(reply, row, fill);
  if (typeof row.answers === 'string' || isRead(row)) expect(after, 'a change').toEqual(before);
  else expect(after, 'no change').not.toEqual(before);
  await expectThing(callerOf(world), row, { found, reply, fill });
  if (!isRepeatable(row)) return;
  const again = await send(world, { row, form, found, fill, key });
  expect([again.status, again.text]).toEqual([reply.status, reply.text]);
  expect(again.headers.get('idempotent-replayed'), 'replayed').toBe('true');
  expect(await everything(world), 'a second effect').toEqual(after);
}

const isRead = ({ call, changes }: Row): boolean => call.startsWith('GET ') || changes === 'nothing';

/** What the state of things answered is kept for the key; what can be mended is not. */
const isRepeatable = (row: Row): boolean =>
  row.call.startsWith('POST /v1/') &&
  !isRead(row) &&
  !row.isMendable &&
  (row.as === undefined || row.as === 'partner') &&
  [200, '409 aborted', '400 failed_precondition'].includes(row.answers);

type Fill = <Value>(value: Value) => Value;

interface Sending {
  readonly row: Row;
  readonly form: Addressing;
  readonly found: Case;
  readonly fill: Fill;
  readonly key: string;
}

async function send(world: World, { row, form, found, fill, key }: Sending): Promise<Reply> {
  const [method = '', template = ''] = row.call.split(' ');
  const headers = {
    ...(row.body !== undefined && { 'content-type': 'application/json' }),
    ...(method === 'POST' && { 'idempotency-key': key }),
    ...row.headers,
  };
  const path = pathOf(template, form, found);
  const url = path.startsWith('/v1/auth/') ? world.authUrl + path : path;
  const body = typeof row.body === 'string' ? row.body : JSON.stringify(fill(row.body));
  const answer = await world.fetch(url, {
    method,
    as: row.as ?? 'partner',
    headers,
    ...(row.body !== undefined && { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? {} : JSON.parse(text) };
}

function pathOf(template: string, form: Addressing, { loan, customer, repayment }: Case): string {
  const place = (thing: { id: string; externalId: string } | undefined): string =>
    form === 'by external id' ? `external/${encodeURIComponent(thing?.externalId ?? '')}` : (thing?.id ?? '');
  return template
    .replace('{loan}', place(loan))
    .replace('{customer}', place(customer))
    .replace('{repayment}', repayment?.id ?? '')
    .replace('{loan_id}', loan?.id ?? '')
    .replace('{customer_id}', customer?.id ?? '')
    .replace('{loan_name}', encodeURIComponent(loan?.externalId ?? ''))
    .replace('{customer_name}', encodeURIComponent(customer?.externalId ?? ''));
}

/** Puts ids and names in the place of `$loan`, `$customerName`, `$new` and such, however deep they lie. */
function fillerOf({ loan, customer, repayment, other }: Case): Fill {
  const known: Readonly<Record<string, unknown>> = {
    $loan: loan?.id,
    $loanName: loan?.externalId,
    $customer: customer?.id,
    '#customer': Number(customer?.id),
    $customerName: customer?.externalId,
    $repayment: repayment?.id,
    $otherName: other?.externalId,
    $new: freshName(),
  };
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string' && Object.hasOwn(known, value)) return known[value];
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fill(each)]));
  };
  return fill as Fill;
}

function expectAnswer(reply: Reply, row: Row, fill: Fill): void {
  const { answers, says, faults, shows, lacks = [] } = row;
  if (typeof answers === 'number') {
    expect(reply.status, reply.text).toBe(answers);
    if (shows) expect(reply.body).toMatchObject(fill(shows));
    for (const field of lacks) expect(reply.body).not.toHaveProperty(field);
    return;
  }
  expectRefusal(reply, answers);
  if (says !== undefined) expect(reply.body.message).toBe(says);
  if (faults !== undefined) expect(faultsOf(reply)).toEqual(fill(faults));
}

const faultsOf = ({ body }: Reply): Record<string, string> => {
  const list: { field: string; error: string }[] = JSON.parse(body.message);
  return Object.fromEntries(list.map(({ field, error }) => [field, error]));
};

interface Afterwards {
  readonly found: Case;
  readonly reply: Reply;
  readonly fill: Fill;
}

/** How the loan or the customer reads afterwards, by our id and by the caller's. */
async function expectThing(api: Caller, row: Row, { found, reply, fill }: Afterwards): Promise<void> {
  const kind = row.call.includes('/customers') ? 'customers' : 'loans';
  const thing = kind === 'customers' ? found.customer : found.loan;
  const isCreation = /^POST \/v1\/(loans|customers)$/.test(row.call) && reply.status === 200;
  const id = isCreation ? reply.body.id : thing?.id;
  if (id === undefined || row.call.startsWith('GET ')) return;
  const now = await api.get(`/v1/${kind}/${id}`);
  if (row.removes) return expectRefusal(now, '404 not_found');
  if (typeof row.answers === 'string' && thing) expect(now.body).toEqual(thing);
  const { externalId } = now.body;
  if (externalId !== undefined)
    expect((await api.get(`/v1/${kind}/external/${encodeURIComponent(externalId)}`)).text).toBe(now.text);
  if (row.leaves) expect(now.body).toMatchObject(fill(row.leaves));
  if (reply.status !== 200 || reply.text === '' || row.changes === 'nothing') return;
  const read = 'loanId' in reply.body ? `/v1/loans/${id}/repayments/${reply.body.id}` : `/v1/${kind}/${id}`;
  expect((await api.get(read)).body).toEqual(reply.body);
}

/** Enough of every table to see any change in it. */
async function everything({ db }: World): Promise<unknown> {
  const [row] = await db.read.query(
    `select
       (select concat_ws(' ', count(*), sum(version), sum(id)) from loan where deleted_at is null) as loans,
       (select concat_ws(' ', count(*), sum(version), sum(id)) from customer) as customers,
       (select count(*) from external_id) as names,
       (select concat_ws(' ', count(*), sum(amount)) from loan_transaction) as transactions,
       (select concat_ws(' ', count(*), sum(amount)) from journal_entry) as journal,
       (select concat_ws(' ', count(*), max(closing_date)) from gl_closure) as closures,
       (select string_agg(code || name || active, ',' order by code) from gl_account) as accounts,
       (select count(*) from audit_entry where operation <> 'anchor') as audited`,
  );
  return row;
}
