import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { runClosedLoop } from './closedLoop.ts';
import { readReply, requestOf } from './connection.ts';
import { openLatencies } from './latencies.ts';
import { runOpenLoop } from './openLoop.ts';
import { callsOf, dueBy, meantAt } from './pace.ts';
import { openTally, type Shot } from './tally.ts';

describe('latencies', () => {
  it('are summed up in milliseconds, to three digits', () => {
    const latencies = openLatencies();
    for (let each = 1; each <= 1000; each += 1) latencies.add(each * 1000);
    const { count, p50, p90, p99, most, mean } = latencies.summary();
    expect(count).toBe(1000);
    for (const [found, wanted] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
      [most, 1000],
      [mean, 500.5],
    ] as const)
      expect(Math.abs(found - wanted) / wanted).toBeLessThan(0.002);
  });
  it('are zero when there are none, and never below a microsecond', () => {
    expect(openLatencies().summary()).toMatchObject({ count: 0, p99: 0, most: 0, mean: 0 });
    const latencies = openLatencies();
    latencies.add(0);
    expect(latencies.summary().most).toBe(0.001);
  });
});

describe('the pace of an open loop', () => {
  const pace = { perSecond: 1000, seconds: 2 };
  it('means calls to go out at even steps', () => {
    expect([0, 1, 250].map((call) => meantAt(pace, call))).toEqual([0, 1000, 250_000]);
    expect(callsOf(pace)).toBe(2000);
  });
  it.each([
    [-1, 0],
    [0, 1],
    [999, 1],
    [1000, 2],
    [250_000, 251],
    [1_999_999, 2000],
    [9_000_000, 2000],
  ])('after %i microseconds %i calls are due', (elapsed, due) => expect(dueBy(pace, elapsed)).toBe(due));
  it('has each call due from the moment it is meant', () => {
    const odd = { perSecond: 333, seconds: 1 };
    for (let call = 0; call < callsOf(odd); call += 1)
      expect(dueBy(odd, Math.ceil(meantAt(odd, call)))).toBeGreaterThanOrEqual(call + 1);
  });
});

describe('a tally', () => {
  const repayment: Shot = { request: Buffer.alloc(0), kind: 'repayment', amount: 150n };
  const read: Shot = { request: Buffer.alloc(0), kind: 'read', amount: 0n };
  it('adds up what is sure, and what nobody can tell', () => {
    const tally = openTally();
    tally.answered(repayment, { status: 200, microseconds: 5, measured: true });
    tally.answered(repayment, { status: 200, microseconds: 5, measured: false });
    tally.answered(repayment, { status: 503, microseconds: 5, measured: true });
    tally.answered(read, { status: 200, microseconds: 5, measured: true });
    tally.dropped(repayment);
    expect(tally.summary()).toMatchObject({
      ...{ calls: 5, dropped: 1, refused: { 503: 1 }, latency: { count: 2 } },
      ...{ repaid: { sure: 300n, unknown: 150n }, lent: { sure: 0n, unknown: 0n } },
    });
  });
});

describe('a reply', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhällo'.replace('hällo', 'hello');
  it.each([1, 10, 20, 40, text.length - 1])('of which %i bytes have come is not complete', (bytes) => {
    expect(typeof readReply(Buffer.from(text.slice(0, bytes)))).toBe('number');
  });
  it('is read when it is complete', () => {
    expect(readReply(Buffer.from(text))).toEqual({ status: 200, body: 'hello' });
    expect(readReply(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))).toEqual({ status: 204, body: '' });
  });
  it('without a length is not measured', () => {
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(() => readReply(Buffer.from(chunked))).toThrow('content-length');
  });
});

describe('against a server', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => void server.closeAllConnections()));

  async function serve(answer: (count: number) => { status?: number; after?: number; cut?: true }) {
    let count = 0;
    const server = createServer((request, response) => {
      request.resume();
      count += 1;
      const { status = 200, after = 0, cut } = answer(count);
      setTimeout(() => {
        if (cut) request.socket.destroy();
        else response.writeHead(status, { 'content-length': 2 }).end('{}');
      }, after);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }
  const request = requestOf({ method: 'POST', path: '/x', headers: { a: 'b' }, body: '{"ä":1}' });
  const next = (): Shot => ({ request, kind: 'repayment', amount: 1n });

  it('a closed loop counts answers, refusals and lost connections, and goes on', async () => {
    const target = await serve((count) => ({
      ...{ status: count % 10 === 0 ? 503 : 200 },
      ...(count % 7 === 0 && { cut: true as const }),
    }));
    const runFor = (seconds: number) =>
      runClosedLoop({ target, connections: 4, warmupSeconds: 0, seconds, next });
    let run = await runFor(0.5);
    // On a busy machine hardly anything gets done in half a second.
    for (const seconds of [2, 8, 20]) if (run.latency.count <= 20) run = await runFor(seconds);
    expect(run.latency.count).toBeGreaterThan(20);
    expect(run.refused[503]).toBeGreaterThan(0);
    expect(run.dropped).toBeGreaterThan(0);
    expect(run.repaid.unknown).toBe(BigInt(run.dropped));
    expect(Number(run.repaid.sure)).toBeGreaterThanOrEqual(run.latency.count);
  });

  it('an open loop makes a stall visible to all calls that were meant to go out during it', async () => {
    // One connection, and the tenth answer takes 300 ms: at 100 a second some 30 calls come late.
    const target = await serve((count) => ({ after: count === 10 ? 300 : 0 }));
    const pace = { perSecond: 100, seconds: 1 };
    const run = await runOpenLoop({ target, pace, connections: 1, next });
    expect(run.latency.count).toBe(100);
    // A busy machine makes all of them late, and these later still.
    expect(run.latency.p90).toBeGreaterThan(100);
    expect(run.latency.p50).toBeLessThan(run.latency.p90);
    expect(run.latency.most).toBeGreaterThan(250);
    expect([run.dropped, run.repaid.sure]).toEqual([0, 100n]);
  });
});
