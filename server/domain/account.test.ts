import { describe, expect, it } from 'vitest';
import { afterEveryToken, issuedAt, isTokenHonoured, normalEmail, type Standing } from './account.ts';

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
