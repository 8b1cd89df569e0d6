/**
 * The connection to the database is cut while COMMIT is on its way: before the database heard of it, or
 * before we heard of its end. A caller without a key is answered the truth, and the payment is booked once.
 */

import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildApi } from '../../server/http/app.ts';
import { createContext } from '../../server/http/context.ts';
import { createLog } from '../../server/http/edge/log.ts';
import type { Database } from '../../server/store/database.ts';
import { openPatiently, SOON } from '../patience.ts';
import { makeWorld, type World } from '../world.ts';

type Cut = 'before' | 'after';

/** Between the server and its database: cuts the connection of the next COMMIT. */
interface Wire {
  readonly url: string;
  cutNext(how: Cut): void;
  cuts(): number;
  close(): void;
}

async function openWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  let wanted: Cut | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    let isLast = false;
    near.on('data', (chunk) => {
      if (wanted === undefined || !chunk.includes('commit\0')) return void far.write(chunk);
      const how = wanted;
      wanted = undefined;
      cuts += 1;
      if (how === 'before') return void near.destroy();
      isLast = true;
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (isLast) near.destroy();
      else near.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutNext: (how) => {
      wanted = how;
    },
    cuts: () => cuts,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let world: World;
let wire: Wire;
let db: Database;
let repay: (loan: string, amount: number) => Promise<{ status: number; body: string }>;

beforeAll(async () => {
  world = await makeWorld();
  await world.partner.customers.create({ externalId: 'amina' });
  wire = await openWire(String(world.config.databaseUrl));
  db = openPatiently(wire.url, { poolSize: 4 });
  const wiring = { config: world.config, db, clock: world.clock };
  const app = await buildApi(
    createContext({ ...wiring, log: createLog(world.config), authRunsApart: false }),
  );
  const token = await world.partner.auth.token();
  repay = async (loan, transactionAmount) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/loans/${loan}/repayments`,
      headers: { authorization: `Bearer ${token}` },
      payload: { transactionAmount },
    });
    return { status: answer.statusCode, body: answer.body };
  };
});
afterAll(async () => {
  await db.close();
  wire.close();
  await world.close();
});

it.each(['before', 'after'] as const)('%s the database heard of it', async (how) => {
  const wish = { customerId: 'amina', productId: '1', principal: 50_000 };
  const { id } = await world.partner.loans.create(wish);
  expect((await repay(id, 100)).status).toBe(200);
  const cuts = wire.cuts();
  wire.cutNext(how);
  const { status, body } = await repay(id, 250);
  expect(wire.cuts()).toBe(cuts + 1);
  expect(status, body).toBe(200);
  const repaid = (await world.partner.repayments.list(id).page()).items.map(({ amount }) => amount);
  expect(repaid.sort()).toEqual([100, 250]);
  await vi.waitFor(async () => expect((await world.partner.audit.verify()).faults).toEqual([]), SOON);
});
