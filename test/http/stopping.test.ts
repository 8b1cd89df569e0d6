/** Stopping: what is in flight is finished, what comes new is sent elsewhere. */
import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { makeWorld } from '../world.ts';
import { tokenOf } from './tokenCalls.ts';

interface Reply {
  readonly status: number;
  readonly body: string;
}

function ask(url: string, options: { agent: Agent; token: string }): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${options.token}` };
    const sent = request(url, { agent: options.agent, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

it('answers what had begun when the server was told to stop', async () => {
  const world = await makeWorld();
  const token = await tokenOf(world, 'partner@example.com');
  const agent = new Agent({ keepAlive: true });
  const first = await ask(`${world.apiUrl}/v1/accounts`, { agent, token });
  expect(first.status).toBe(200);
  const inFlight = Array.from({ length: 20 }, () => ask(`${world.apiUrl}/v1/accounts`, { agent, token }));
  await Promise.all(inFlight.slice(0, 1));
  const closing = world.close();
  const answers = await Promise.allSettled(inFlight);
  await closing;
  for (const answer of answers) {
    if (answer.status === 'rejected') continue; // never reached the server
    expect([200, 503]).toContain(answer.value.status);
    if (answer.value.status === 503)
      expect(JSON.parse(answer.value.body)).toMatchObject({ code: 'unavailable' });
  }
  expect(
    answers.filter((each) => each.status === 'fulfilled' && each.value.status === 200).length,
  ).toBeGreaterThan(0);
  await expect(ask(`${world.apiUrl}/livez`, { agent: new Agent(), token })).rejects.toThrow('ECONNREFUSED');
});
