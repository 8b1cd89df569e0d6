/** Pagination, with the exact texts that integrators match on. Contract "Pagination". */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { call, tokenOf } from './tokenCalls.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await makeWorld();
  token = await tokenOf(world, 'partner@example.com');
});
afterAll(() => world.close());

const list = (query: string) => call(world, `GET /v1/accounts${query}`, { token });
const emails = (body: Record<string, unknown>) =>
  (body.items as { email: string }[]).map((item) => item.email.replace('@example.com', ''));

describe('a page', () => {
  it('is the first of ten rows by default', async () => {
    const { status, body } = await list('');
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 4, page: 1, rowsPerPage: 10 });
    expect(emails(body)).toEqual(['admin', 'operator', 'partner', 'stranger']);
  });

  it('is found by its number, in either order', async () => {
    const { body } = await list('?page=2&rows=3&orderBy=email&sortOrder=DESC');
    expect(body).toMatchObject({ total: 4, page: 2, rowsPerPage: 3 });
    expect(emails(body)).toEqual(['admin']);
  });

  it('beyond the end is empty', async () => {
    for (const page of ['5', '1000000', '9007199254740991'])
      expect((await list(`?page=${page}&rows=100`)).body).toMatchObject({
        items: [],
        total: 4,
        page: Number(page),
      });
  });

  it('without a number given is the default', async () => {
    expect((await list('?page=&rows=')).body).toMatchObject({ page: 1, rowsPerPage: 10 });
  });
});

describe('a bad page', () => {
  it.each([
    ['rows=101', 'page', 'rows value too large, must be less than 100'],
    ['page=0', 'page', 'page value too small, must be larger than 0'],
    ['page=-1', 'page', 'page value too small, must be larger than 0'],
    ['rows=0', 'page', 'rows value too small, must be larger than 0'],
    ['page=abc', 'page', 'page conversion: must be an integer'],
    ['page=1.5', 'page', 'page conversion: must be an integer'],
    ['page=1e3', 'page', 'page conversion: must be an integer'],
    ['page=99999999999999999999', 'page', 'page conversion: must be an integer'],
    ['page=1&page=2', 'page', 'page conversion: must be an integer'],
    ['rows=ten', 'page', 'rows conversion: must be an integer'],
    ['orderBy=shoeSize', 'orderBy', 'must be one of email, createdAt'],
    ['sortOrder=up', 'sortOrder', 'must be one of ASC, DESC'],
  ])('%s -> %s: %s', async (query, field, error) => {
    const { status, body } = await list(`?${query}`);
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_argument');
    expect(JSON.parse(String(body.message))).toEqual([{ field, error }]);
  });
});
