import { describe, expect, it } from 'vitest';
import {
  afterEveryToken,
  issuedAt,
  isTokenHonoured,
  normalEmail,
  requireEmail,
  requirePassword,
  type Standing,
} from './account.ts';
import { answerTo } from './life/story.ts';

const standing = (tokensValidFrom: string): Standing => ({
  roles: ['ADMIN'],
  disabledAt: null,
  tokensValidFrom: new Date(tokensValidFrom),
});

describe('the moment from which tokens count', () => {
  const now = new Date('2025-01-01T10:00:00.400Z');

  it('ends every token issued before, also those of the same second', () => {
    const before = standing('2025-01-01T09:00:00Z');
    const token = issuedAt(before, now);
    const after = { ...before, tokensValidFrom: afterEveryToken(before, now) };
    expect(isTokenHonoured(before, token)).toBe(true);
    expect(isTokenHonoured(after, token)).toBe(false);
  });

  it('lets a token be issued right after, in the same second, and end again', () => {
    const once = { ...standing('2025-01-01T09:00:00Z'), tokensValidFrom: new Date('2025-01-01T10:00:01Z') };
    const token = issuedAt(once, now);
    expect(isTokenHonoured(once, token)).toBe(true);
    const twice = { ...once, tokensValidFrom: afterEveryToken(once, now) };
    expect(isTokenHonoured(twice, token)).toBe(false);
    expect(isTokenHonoured(twice, issuedAt(twice, now))).toBe(true);
  });

  it('honours nothing of a disabled account', () => {
    expect(isTokenHonoured({ ...standing('2025-01-01T09:00:00Z'), disabledAt: now }, 4_000_000_000)).toBe(
      false,
    );
  });
});

it('keeps one account per mailbox whatever the case', () => {
  expect(normalEmail('  Asha@Example.COM ')).toBe('asha@example.com');
});

describe('an email', () => {
  const MALFORMED = 'invalid_argument email_malformed: must be an email address [email]';
  const ofLength = (length: number) => `${'a'.repeat(length - 12)}@example.com`;

  it.each([
    ['asha@example.com', 'accepted'],
    ['a@b', 'accepted'],
    ['asha.mollel+loans@mail.example.co.tz', 'accepted'],
    [ofLength(254), 'accepted'],
    [ofLength(255), MALFORMED],
    ['asha', MALFORMED],
    ['@example.com', MALFORMED],
    ['asha@', MALFORMED],
    ['asha@home@example.com', MALFORMED],
    ['asha mollel@example.com', MALFORMED],
    ['asha@example com', MALFORMED],
    [' asha@example.com', MALFORMED],
    ['asha@example.com ', MALFORMED],
    ['a:b@example.com', MALFORMED],
    ['asha@example:25', MALFORMED],
  ])('%s is %s', (email, answer) => {
    expect(answerTo(() => requireEmail(email))).toBe(answer);
  });
});

describe('a password', () => {
  const WRONG = 'invalid_argument password_length: must have 12 to 1024 characters';

  it.each([
    [11, `${WRONG} [password]`],
    [12, 'accepted'],
    [1024, 'accepted'],
    [1025, `${WRONG} [password]`],
  ])('of %i characters is %s', (length, answer) => {
    expect(answerTo(() => requirePassword('x'.repeat(length)))).toBe(answer);
  });

  it('names the field it was given in', () => {
    expect(answerTo(() => requirePassword('short', 'newPassword'))).toBe(`${WRONG} [newPassword]`);
  });
});
