/** Every row of the contract's table "Customers", through HTTP. */
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

describe('POST /v1/customers', () => {
  it('makes an Active customer of the head office, named after the external id', async () => {
    const { body } = expectOk(await api.post('/v1/customers', { externalId: 'CUST-7781' }));
    expect(body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      accountNo: body.id.padStart(9, '0'),
      externalId: 'CUST-7781',
      status: 'Active',
      active: true,
      officeId: '1',
      officeName: 'Head Office',
      firstname: 'CUST-7781',
      lastname: 'Customer',
      displayName: 'CUST-7781 Customer',
      submittedDate: '2025-01-15',
      activationDate: '2025-01-15',
    });
  });

  it('refuses an external id that is taken', async () => {
    await create({ externalId: 'twice' });
    expectRefusal(await api.post('/v1/customers', { externalId: 'twice' }), '409 aborted');
  });

  it('takes 1 to 128 characters of any kind', async () => {
    for (const externalId of ['x', 'é/%2F 😀', '😀'.repeat(128)]) await create({ externalId });
    for (const externalId of ['', 'x'.repeat(129), '😀'.repeat(129), 'a\0b', 7, null])
      expectRefusal(await api.post('/v1/customers', { externalId }), '400 invalid_argument', 'externalId');
  });

  it('refuses a missing, an unknown and a malformed field by name', async () => {
    expectRefusal(await api.post('/v1/customers', {}), '400 invalid_argument', 'externalId');
    expectRefusal(await api.post('/v1/customers'), '400 invalid_argument');
    const unknown = await api.post('/v1/customers', { externalId: fresh(), nickname: 'Jo' });
    expectRefusal(unknown, '400 invalid_argument', 'nickname');
    const born = await api.post('/v1/customers', { externalId: fresh(), dateOfBirth: '1990-02-30' });
    expectRefusal(born, '400 invalid_argument', 'dateOfBirth');
  });

  it('takes names, contacts, birth and dates', async () => {
    const person = {
      firstname: 'Asha',
      middlename: 'N.',
      lastname: 'Mollel',
      mobileNo: '255713000111',
      emailAddress: 'asha@example.com',
      dateOfBirth: '1990-02-28',
      submittedDate: '2025-01-02',
      activationDate: '2025-01-03',
    };
    expect(await create(person)).toMatchObject({ ...person, displayName: 'Asha N. Mollel' });
    const full = await create({ fullname: 'Umoja Traders' });
    expect(full.displayName).toBe('Umoja Traders');
    expect(full).not.toHaveProperty('firstname');
  });

  it('leaves a customer Pending on request', async () => {
    const customer = await pending();
    expect(customer).toMatchObject({ status: 'Pending', active: false });
    expect(customer).not.toHaveProperty('activationDate');
  });

  it('refuses dates in the future, an activation before the submission, an unknown office', async () => {
    const refused = (body: object) => api.post('/v1/customers', { externalId: fresh(), ...body });
    const late = await refused({ activationDate: '2025-01-16' });
    expectRefusal(late, '403 permission_denied');
    expect(late.body.message).toBe('activationDate must not be in the future');
    expectRefusal(await refused({ submittedDate: '2025-01-16' }), '403 permission_denied');
    const early = { submittedDate: '2025-01-10', activationDate: '2025-01-09' };
    expectRefusal(await refused(early), '403 permission_denied');
    expectRefusal(await refused({ dateOfBirth: '2025-01-16' }), '400 invalid_argument', 'dateOfBirth');
    expectRefusal(await refused({ officeId: 99 }), '404 not_found');
    const both = await refused({ fullname: 'A B', firstname: 'A' });
    expectRefusal(both, '400 invalid_argument', 'fullname');
  });
});

describe('who may call', () => {
  it('is a token with ADMIN; any other is answered 401', async () => {
    for (const as of ['nobody', 'stranger', 'operator'] as const) {
      expectRefusal(await api.get('/v1/customers', { as }), '401 unauthenticated');
      expectRefusal(await api.post('/v1/customers', { externalId: fresh() }, { as }), '401 unauthenticated');
    }
    expectOk(await api.get('/v1/customers', { as: 'admin' }));
  });
});

describe('GET /v1/customers/{id}', () => {
  it('finds by id and by external id, with the same answer', async () => {
    const customer = await create({ externalId: 'a/b%2F c?#é😀' });
    const byId = expectOk(await api.get(`/v1/customers/${customer.id}`)).body;
    const path = `/v1/customers/external/${encodeURIComponent(customer.externalId)}`;
    expect(expectOk(await api.get(path)).body).toEqual(byId);
    expect(byId).toEqual(customer);
  });

  it('refuses what does not exist and what is no id', async () => {
    for (const path of ['999999999', '99999999999999999999999', 'external/nobody', 'external/%00x'])
      expect((await api.get(`/v1/customers/${path}`)).status, path).toBeOneOf([404, 400]);
    expectRefusal(await api.get('/v1/customers/999999999'), '404 not_found');
    expectRefusal(await api.get('/v1/customers/external/nobody'), '404 not_found');
    for (const id of ['abc', '1.5', '-1', '0x1'])
      expectRefusal(await api.get(`/v1/customers/${id}`), '400 invalid_argument', 'customer_id');
  });
});

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

describe('POST /v1/customers/{id}/activate', () => {
  it('makes a pending customer Active', async () => {
    const customer = await create({ active: false, submittedDate: '2025-01-05' });
    const path = `/v1/customers/external/${customer.externalId}/activate`;
    const { body } = expectOk(await api.post(path, { activationDate: '2025-01-10' }));
    expect(body).toMatchObject({ status: 'Active', active: true, activationDate: '2025-01-10' });
    expectRefusal(await api.post(path, { activationDate: '2025-01-10' }), '409 aborted');
  });

  it('refuses the future, the time before the submission, and a missing date', async () => {
    const customer = await create({ active: false, submittedDate: '2025-01-05' });
    const path = `/v1/customers/${customer.id}/activate`;
    expectRefusal(await api.post(path, { activationDate: '2025-01-16' }), '403 permission_denied');
    expectRefusal(await api.post(path, { activationDate: '2025-01-04' }), '403 permission_denied');
    expectRefusal(await api.post(path, {}), '400 invalid_argument', 'activationDate');
    expectRefusal(await api.post(path), '400 invalid_argument', 'activationDate');
    const unknown = await api.post('/v1/customers/999999/activate', { activationDate: '2025-01-10' });
    expectRefusal(unknown, '404 not_found');
  });
});

describe('POST /v1/customers/{id}/close', () => {
  const closure = { closureDate: '2025-01-15', closureReasonId: 17 };

  it('closes for good; history stays readable', async () => {
    const customer = await create();
    const path = `/v1/customers/${customer.id}/close`;
    const { body } = expectOk(await api.post(path, closure));
    expect(body).toMatchObject({ status: 'Closed', active: false, closedDate: '2025-01-15' });
    expectRefusal(await api.post(path, closure), '409 aborted');
    const again = await api.post(`/v1/customers/${customer.id}/activate`, { activationDate: '2025-01-15' });
    expectRefusal(again, '409 aborted');
    expectOk(await api.get(`/v1/customers/${customer.id}`));
    const loan = await api.post('/v1/loans', {
      customerId: Number(customer.id),
      productId: 1,
      principal: 5000,
    });
    expectRefusal(loan, '409 aborted');
  });

  it('takes the reason by code or label', async () => {
    for (const closureReasonId of ['17', 'Other', 'other']) {
      const customer = await create();
      expectOk(await api.post(`/v1/customers/${customer.id}/close`, { ...closure, closureReasonId }));
    }
  });

  it('refuses while loans are open', async () => {
    const customer = await create();
    const loan = { customerId: Number(customer.id), productId: 1, principal: 5000 };
    const { body } = expectOk(await api.post('/v1/loans', loan));
    const path = `/v1/customers/${customer.id}/close`;
    expectRefusal(await api.post(path, closure), '409 aborted');
    const whole = { transactionAmount: body.totalOutstanding };
    expectOk(await api.post(`/v1/loans/${body.id}/repayments`, whole));
    expectOk(await api.post(path, closure));
  });

  it('refuses unknown reasons, missing fields and impossible dates', async () => {
    const customer = await create();
    const path = `/v1/customers/${customer.id}/close`;
    const reason = await api.post(path, { ...closure, closureReasonId: 99 });
    expectRefusal(reason, '400 invalid_argument', 'closureReasonId');
    expectRefusal(await api.post(path, {}), '400 invalid_argument', 'closureReasonId');
    expectRefusal(await api.post(path, { ...closure, closureDate: '2025-01-16' }), '403 permission_denied');
    expectRefusal(await api.post(path, { ...closure, closureDate: '2025-01-14' }), '403 permission_denied');
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
