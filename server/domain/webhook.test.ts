import { describe, expect, it } from 'vitest';
import { hears, nextTry, pauseSeconds, requireEndpointUrl, restAfter } from './webhook.ts';

const at = (text: string): Date => new Date(`${text}Z`);

describe('messages that were not taken', () => {
  it.each([
    // failures, seconds until the next try
    [1, 5],
    [2, 20],
    [3, 80],
    [4, 320],
    [5, 1_280],
    [6, 5_120],
    [7, 20_480],
    [8, 21_600],
    [40, 21_600],
  ])('after failure %i pause %i seconds', (failures, seconds) => {
    expect(pauseSeconds(failures)).toBe(seconds);
  });

  const firstDueAt = at('2025-01-01T00:00:00');

  it('are due again after the pause', () => {
    expect(nextTry({ firstDueAt, attempts: 2 }, at('2025-01-01T00:00:05'))).toEqual(
      at('2025-01-01T00:00:25'),
    );
  });

  it('have a last try when 3 days are over', () => {
    expect(nextTry({ firstDueAt, attempts: 15 }, at('2025-01-03T23:00:00'))).toEqual(
      at('2025-01-04T00:00:00'),
    );
  });

  it('are given up after it', () => {
    expect(nextTry({ firstDueAt, attempts: 16 }, at('2025-01-04T00:00:00'))).toBeNull();
  });
});

describe('an endpoint that fails', () => {
  const now = at('2025-01-01T12:00:00');
  it.each([
    // failures in a row, rests until
    [4, null],
    [5, at('2025-01-01T12:00:05')],
    [6, at('2025-01-01T12:00:20')],
    [10, at('2025-01-01T13:00:00')],
    [99, at('2025-01-01T13:00:00')],
  ])('%i times in a row rests until %s', (failures, until) => {
    expect(restAfter(failures, now)).toEqual(until);
  });
});

describe('what an endpoint hears', () => {
  it.each([
    // wanted, event, heard
    [[], 'loan.repaid', true],
    [['loan.repaid'], 'loan.repaid', true],
    [['loan.repaid'], 'loan.closed', false],
    [[], 'close_of_business.finished', true],
    [[], 'webhook.test', false],
  ] as const)('wanting %j of %s: %s', (wanted, type, heard) => {
    expect(hears(wanted, type)).toBe(heard);
  });
});

describe('the URL of an endpoint', () => {
  const refusal = (message: string, code = 'url_malformed') =>
    expect.objectContaining({ kind: 'invalid_argument', code, message, field: 'url' });
  const SECRET = 'must hold no user, password or fragment: messages are signed, check the signature instead';

  it.each([
    ['https://wallet.example.com/hooks?from=loanbook', false],
    ['https://wallet.example.com:8443/', false],
    ['http://10.1.2.3/hooks', true],
  ])('%s is taken (plain http allowed: %s)', (url, isPlainAllowed) => {
    expect(() => requireEndpointUrl(url, { isPlainAllowed })).not.toThrow();
  });

  it.each([
    ['wallet.example.com', false, refusal('must be an https URL')],
    ['http://wallet.example.com/', false, refusal('must be an https URL')],
    ['ftp://wallet.example.com/', true, refusal('must be an http or https URL')],
    ['https://user@wallet.example.com/', false, refusal(SECRET, 'url_with_secret')],
    ['https://:word@wallet.example.com/', false, refusal(SECRET, 'url_with_secret')],
    ['https://wallet.example.com/#part', false, refusal(SECRET, 'url_with_secret')],
  ])('%s is refused (plain http allowed: %s)', (url, isPlainAllowed, error) => {
    expect(() => requireEndpointUrl(url, { isPlainAllowed })).toThrow(error);
  });
});
