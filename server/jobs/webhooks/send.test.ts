import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE_MILLISECONDS, SOON } from '../../../test/patience.ts';
import { openReceiver, type Receiver } from '../../../test/receiver.ts';
import { send } from './send.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());

const inside = { allowedNetworks: ['127.0.0.0/8'], timeoutMilliseconds: PATIENCE_MILLISECONDS };
const message = () => ({
  url: `${receiver.url}/hooks`,
  headers: { 'webhook-id': 'evt_1_1' },
  body: '{"data":{}}',
});

it.each([
  [200, { isTaken: true, status: 200, reason: null }],
  [204, { isTaken: true, status: 204, reason: null }],
  [302, { isTaken: false, status: 302, reason: 'redirects are not followed: register the final URL' }],
  [410, { isTaken: false, status: 410, reason: 'answered 410' }],
  [503, { isTaken: false, status: 503, reason: 'answered 503' }],
  [null, { isTaken: false, status: null, reason: 'no answer within 0.3 s' }],
])('an answer of %s', async (status, outcome) => {
  receiver.answerWith(() => status);
  const before = receiver.received.length;
  const patience = status === null ? { timeoutMilliseconds: 300 } : {};
  expect(await send(message(), { ...inside, ...patience })).toEqual(outcome);
  // One that was not waited for arrives all the same.
  await expect
    .poll(() => receiver.received.slice(before).map(({ path, body }) => [path, body]), SOON)
    .toEqual([['/hooks', '{"data":{}}']]);
});

it('goes nowhere inside unless that was allowed', async () => {
  const before = receiver.received.length;
  const outcome = await send(message(), { ...inside, allowedNetworks: [] });
  expect(outcome).toMatchObject({ isTaken: false, status: null });
  expect(outcome.reason).toContain('127.0.0.1 is not a public address');
  const byName = { ...message(), url: message().url.replace('127.0.0.1', 'localhost') };
  expect((await send(byName, { ...inside, allowedNetworks: [] })).reason).toContain(
    'localhost is not a public',
  );
  expect(receiver.received).toHaveLength(before);
});

it('a port where nobody listens is an outcome, too', async () => {
  const outcome = await send({ ...message(), url: 'http://127.0.0.1:1/' }, inside);
  expect(outcome).toMatchObject({ isTaken: false, status: null });
  expect(outcome.reason).toContain('ECONNREFUSED');
});

it('a receiver that wants another protocol, or hangs up, is an outcome, too', async () => {
  const answers = ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n', ''];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answers.shift() ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await send({ ...message(), url }, inside)).toEqual({
    isTaken: false,
    status: null,
    reason: 'the connection was closed without an answer',
  });
  expect(await send({ ...message(), url }, inside)).toMatchObject({
    isTaken: false,
    reason: 'socket hang up',
  });
  await new Promise((resolve) => server.close(resolve));
});
