import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { newSecret, signatureHeaders } from './signature.ts';

const message = { id: 'evt_42_2001', sentAt: new Date(), body: '{"type":"loan.repaid","data":{"amount":5}}' };

it('signs so that other implementations of Standard Webhooks verify it', () => {
  const secret = newSecret();
  const headers = signatureHeaders(message, [secret]);
  expect(new Webhook(secret).verify(message.body, headers)).toEqual(JSON.parse(message.body));
  const altered = message.body.replace('5', '6');
  expect(() => new Webhook(secret).verify(altered, headers)).toThrow('No matching signature found');
  expect(() => new Webhook(newSecret()).verify(message.body, headers)).toThrow('No matching signature found');
});

it('lets receivers verify with the old secret and with the new one while it is replaced', () => {
  const [fresh, old] = [newSecret(), newSecret()];
  const headers = signatureHeaders(message, [fresh, old]);
  for (const secret of [fresh, old])
    expect(new Webhook(secret).verify(message.body, headers)).toEqual(JSON.parse(message.body));
});

it('gives the worked value of the specification', () => {
  const headers = signatureHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAt: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
