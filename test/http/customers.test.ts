/** Lists of customers, and names that are freed; the calls one by one are in the tables of the contract. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;
let made = 0;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
});
afterAll(() => world.close());

const fresh = () => `C-${++made}`;
const create = async (body: object = {}) =>
  expectOk(await api.post('/v1/customers', { externalId: fresh(), ...body })).body;
const pending = () => create({ active: false });

describe('GET /v1/customers', () => {
  it('pages through all, in every order, both ways', async () => {
    for (let each = 0; each < 5; each += 1) await create({ firstname: `N${9 - each}` });
    const { total } = expectOk(await api.get('/v1/customers')).body;
    for (const orderBy of ['id', 'displayName', 'submittedDate', 'activationDate'])
      for (const sortOrder of ['ASC', 'DESC']) {
        const seen = await pagesOf(`/v1/customers?rows=3&orderBy=${orderBy}&sortOrder=${sortOrder}`);
        expect(new Set(seen.map((each) => each.id)).size, orderBy).toBe(total);
        const cursored = await cursorsOf(`/v1/customers?rows=3&orderBy=${orderBy}&sortOrder=${sortOrder}`);
        expect(cursored.map((each) => each.id)).toEqual(seen.map((each) => each.id));
      }
  });

  it('sorts', async () => {
    const names = (await pagesOf('/v1/customers?orderBy=displayName')).map((each) => each.displayName);
    expect(names).toEqual([...names].sort());
    const ids = (await pagesOf('/v1/customers?sortOrder=DESC')).map((each) => Number(each.id));
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
  });

  it('looks up an external id: a page of one, or an empty one', async () => {
    const customer = await create({ externalId: 'find me/1' });
    const found = expectOk(await api.get('/v1/customers?externalId=find%20me%2F1')).body;
    expect(found).toEqual({ items: [customer], total: 1, page: 1, rowsPerPage: 10 });
    const none = expectOk(await api.get('/v1/customers?externalId=nobody')).body;
    expect(none).toEqual({ items: [], total: 0, page: 1, rowsPerPage: 10 });
  });

  it('filters by status, by label in any case or by code', async () => {
    const customer = await pending();
    for (const status of ['Pending', 'pending', '100']) {
      const { items, total } = expectOk(await api.get(`/v1/customers?status=${status}&rows=100`)).body;
      expect(items.map((each: { id: string }) => each.id)).toContain(customer.id);
      expect(items.every((each: { status: string }) => each.status === 'Pending')).toBe(true);
      expect(total).toBe(items.length);
    }
    expectRefusal(await api.get('/v1/customers?status=Sleepy'), '400 invalid_argument', 'status');
  });

  it('finds by the beginnings of names, phone and external id', async () => {
    const zuri = await create({
      externalId: 'ZZ/77-X',
      firstname: 'Zuri',
      lastname: "O'Neil",
      mobileNo: '255799888777',
    });
    for (const q of ['zur', 'ZURI', 'zuri neil', '25579988', 'ZZ/77', "o'n"]) {
      const { items } = expectOk(await api.get(`/v1/customers?q=${encodeURIComponent(q)}`)).body;
      expect(
        items.map((each: { id: string }) => each.id),
        q,
      ).toContain(zuri.id);
    }
    for (const q of ['zuri nobody', '!!!', "'", '\\', ':*', '&'])
      expectOk(await api.get(`/v1/customers?q=${encodeURIComponent(q)}`));
    expect((await api.get('/v1/customers?q=zuri+nobody')).body.total).toBe(0);
  });

  it('refuses pages that are none', async () => {
    const message = async (query: string) => {
      const reply = await api.get(`/v1/customers?${query}`);
      expectRefusal(reply, '400 invalid_argument');
      return JSON.parse(reply.body.message);
    };
    const large = { field: 'page', error: 'rows value too large, must be less than 100' };
    expect(await message('rows=101')).toEqual([large]);
    const small = { field: 'page', error: 'page value too small, must be larger than 0' };
    expect(await message('page=0')).toEqual([small]);
    expect((await message('page=x'))[0].error).toMatch(/^page conversion: /);
    expect((await message('orderBy=lastname'))[0].field).toBe('orderBy');
    expect((await message('after=nonsense'))[0].field).toBe('after');
    const forged = Buffer.from('["activationDate","ASC","2025-02-31x","1"]').toString('base64url');
    expect((await message(`orderBy=activationDate&after=${forged}`))[0].field).toBe('after');
    const { items, total } = expectOk(await api.get('/v1/customers?page=9007199254740991')).body;
    expect(items).toEqual([]);
    expect(total).toBeGreaterThan(0);
  });
});

describe('PUT /v1/customers/{id}', () => {
  it('changes the external id; the names that mirrored it follow', async () => {
    const customer = await create({ externalId: 'old-name' });
    const { body } = expectOk(await api.put(`/v1/customers/${customer.id}`, { externalId: 'new/name' }));
    expect(body).toMatchObject({
      externalId: 'new/name',
      firstname: 'new/name',
      displayName: 'new/name Customer',
    });
    expectRefusal(await api.get('/v1/customers/external/old-name'), '404 not_found');
    expectOk(await api.get('/v1/customers/external/new%2Fname'));
    await create({ externalId: 'old-name' });
  });

  it('leaves names alone that were given', async () => {
    const customer = await create({ firstname: 'Asha', lastname: 'Mollel' });
    const externalId = fresh();
    const path = `/v1/customers/external/${customer.externalId}`;
    const { body } = expectOk(await api.put(path, { externalId }));
    expect(body).toMatchObject({ externalId, firstname: 'Asha', displayName: 'Asha Mollel' });
  });

  it('refuses an external id that is taken, and changes nothing', async () => {
    const customer = await create();
    const other = await create();
    const taken = await api.put(`/v1/customers/${customer.id}`, { externalId: other.externalId });
    expectRefusal(taken, '409 aborted');
    expect((await api.get(`/v1/customers/${customer.id}`)).body).toEqual(customer);
  });

  it('leaves name, phone and email to operators', async () => {
    const customer = await create();
    const path = `/v1/customers/${customer.id}`;
    const change = { firstname: 'Neema', mobileNo: '255700000001', emailAddress: 'n@example.com' };
    expectRefusal(await api.put(path, change, { as: 'admin' }), '403 permission_denied');
    expect(expectOk(await api.put(path, change)).body).toMatchObject({
      ...change,
      displayName: 'Neema Customer',
    });
  });

  it('refuses unknown fields and customers', async () => {
    const customer = await create();
    const unknown = await api.put(`/v1/customers/${customer.id}`, { status: 'Closed' });
    expectRefusal(unknown, '400 invalid_argument', 'status');
    expectRefusal(await api.put('/v1/customers/999999', { externalId: 'x1' }), '404 not_found');
  });
});

describe('DELETE /v1/customers/{id}', () => {
  it('removes a pending customer, 200 and empty, and frees the external id', async () => {
    const customer = await pending();
    const gone = expectOk(await api.delete(`/v1/customers/external/${customer.externalId}`));
    expect(gone.text).toBe('');
    expectRefusal(await api.get(`/v1/customers/${customer.id}`), '404 not_found');
    expectRefusal(await api.delete(`/v1/customers/${customer.id}`), '404 not_found');
    await create({ externalId: customer.externalId });
  });

  it('refuses an active one', async () => {
    const customer = await create();
    expectRefusal(await api.delete(`/v1/customers/${customer.id}`), '409 aborted');
    expectOk(await api.get(`/v1/customers/${customer.id}`));
  });
});

type Item = { id: string; displayName: string };

async function pagesOf(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const { body } = expectOk(await api.get(`${path}&page=${page}`));
    items.push(...body.items);
    if (items.length >= body.total || body.items.length === 0) return items;
  }
}

async function cursorsOf(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let after = ''; ; ) {
    const { body } = expectOk(await api.get(path + after));
    items.push(...body.items);
    if (body.nextCursor === undefined) return items;
    after = `&after=${encodeURIComponent(body.nextCursor)}`;
  }
}
