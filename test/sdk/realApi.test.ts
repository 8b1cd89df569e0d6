/**
 * The client against the real API: what the transport tests show with a script, here with the server that it
 * is for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, LoanbookError } from '../../sdk/client.ts';
import { emailOf, PASSWORD } from '../beginning.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
});
afterAll(() => world?.close());

describe('tokens', () => {
  it('tell who calls, and with which roles', async () => {
    const { userId, claims } = await world.partner.auth.authenticate();
    expect(userId).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims).toMatchObject({ sub: userId, roles: ['ADMIN', 'OPERATOR'] });
    expect(await world.partner.auth.authorize('operator')).toEqual({ authorized: true });
    await expect(world.stranger.auth.authorize('admin')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('are renewed when they have expired at the server', async () => {
    await world.admin.customers.list().page();
    const old = await world.admin.auth.token();
    world.clock.advanceDays(366);
    await world.admin.customers.list().page();
    expect(await world.admin.auth.token()).not.toBe(old);
    world.clock.setDate('2025-01-15');
  });

  it('of a partner without ADMIN count as bad ones', async () => {
    await expect(world.stranger.customers.list().page()).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
    });
    await expect(world.operator.customers.list().page()).rejects.toMatchObject({ status: 401 });
  });

  it('are not given for a wrong password', async () => {
    const { apiUrl, authUrl } = world;
    const login = { email: emailOf('admin'), password: `${PASSWORD}!` };
    const wrong = createClient({ apiUrl, authUrl, login });
    await expect(wrong.customers.list().page()).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
    });
  });
});

describe('customers', () => {
  it('live through all their calls, by both addresses', async () => {
    const { customers } = world.partner;
    const made = await customers.create({ externalId: 'life 1', active: false });
    expect(made).toMatchObject({
      status: 'Pending',
      active: false,
      firstname: 'life 1',
      lastname: 'Customer',
      displayName: 'life 1 Customer',
      officeName: 'Head Office',
    });
    const external = { externalId: 'life 1' };
    expect(await customers.activate(external, { activationDate: '2025-01-15' })).toMatchObject({
      id: made.id,
      status: 'Active',
      activationDate: '2025-01-15',
    });
    const renamed = await customers.update(made.id, { externalId: 'life 2' });
    expect(renamed).toMatchObject({
      externalId: 'life 2',
      firstname: 'life 2',
      displayName: 'life 2 Customer',
    });
    await expect(customers.get(external)).rejects.toMatchObject({ code: 'not_found', status: 404 });
    const closure = { closureDate: '2025-01-15', closureReasonId: 17 };
    expect(await customers.close(made.id, closure)).toMatchObject({
      status: 'Closed',
      closedDate: '2025-01-15',
    });
    await expect(customers.close(made.id, closure)).rejects.toMatchObject({ code: 'aborted' });
    await expect(customers.remove(made.id)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('are removed while pending', async () => {
    const { id } = await world.partner.customers.create({ externalId: 'gone', active: false });
    await world.partner.customers.remove(id);
    await expect(world.partner.customers.get(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are created once for one key', async () => {
    const options = { idempotencyKey: 'make once' };
    const first = await world.partner.customers.create({ externalId: 'once' }, options);
    expect(await world.partner.customers.create({ externalId: 'once' }, options)).toEqual(first);
    const other = world.partner.customers.create({ externalId: 'twice' }, options);
    await expect(other).rejects.toMatchObject({ code: 'aborted', status: 409 });
  });
});

describe('lists', () => {
  it('walk over more than one page, each item once', async () => {
    const before = (await world.partner.customers.list().page()).total;
    for (let index = 0; index < 25; index += 1)
      await world.partner.customers.create({ externalId: `walk ${String(index).padStart(3, '0')}` });
    const ids: string[] = [];
    for await (const each of world.partner.customers.list({ rows: 7 })) ids.push(each.id);
    expect(ids).toHaveLength(before + 25);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await world.partner.customers.list({ page: 2, rows: 20 }).page()).toMatchObject({
      page: 2,
      rowsPerPage: 20,
      total: ids.length,
    });
  });
});

describe('errors', () => {
  it('carry the fields and the request id', async () => {
    const error = await world.partner.loans
      .create({ customerId: '1', productId: '2', principal: -5 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LoanbookError);
    const { code, status, fields, requestId } = error as LoanbookError;
    expect([code, status, fields[0]?.field]).toEqual(['invalid_argument', 400, 'principal']);
    expect(requestId).toBeTruthy();
  });
});
