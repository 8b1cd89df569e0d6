/**
 * Webhooks: an endpoint hears of what happens to loans, at least once and in order for each loan.
 *
 * A message that was not taken is sent again after growing pauses, until 3 days have passed since it was
 * first due; then it is given up and the next one of its loan goes out. An endpoint that fails 5 times in a
 * row rests as a whole, so that a receiver that is down costs one probe at a time.
 *
 *   failures   1    2     3     4      5       6       7        8 and later
 *   pause      5 s  20 s  80 s  320 s  1280 s  5120 s  20480 s  6 h
 *
 * Source: the Standard Webhooks specification (signatures, ids, retries).
 */
import type { LoanEventType } from './loanEvent.ts';
import { requireRule } from './refusal.ts';

/** What is told although it is about no loan. */
export const BOOK_EVENT_TYPES = ['close_of_business.finished', 'webhook.test'] as const;
export type EventType = LoanEventType | (typeof BOOK_EVENT_TYPES)[number];

const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 6 * 3600;

/** A message that nobody took for so long is given up. */
export const GIVEN_UP_AFTER_SECONDS = 3 * 24 * 3600;

/** So many failures in a row, and the whole endpoint rests. */
export const FAILURES_BEFORE_REST = 5;

/** A secret that was replaced signs beside the new one for a day, so that receivers can change over. */
export const OLD_SECRET_SECONDS = 24 * 3600;

/** Seconds until the next try after the n-th failure, n from 1. */
export function pauseSeconds(failures: number): number {
  return Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 4 ** (failures - 1));
}

/** How a message stands after a try that failed: when it is due again, or null when it is given up. */
export function nextTry(message: { firstDueAt: Date; attempts: number }, now: Date): Date | null {
  const next = now.getTime() + pauseSeconds(message.attempts) * 1000;
  const last = message.firstDueAt.getTime() + GIVEN_UP_AFTER_SECONDS * 1000;
  if (now.getTime() >= last) return null;
  return new Date(Math.min(next, last));
}

/** How an endpoint stands after a try: how many failed in a row, and until when it rests. */
export function restAfter(failuresInARow: number, now: Date): Date | null {
  const beyond = failuresInARow - FAILURES_BEFORE_REST;
  return beyond < 0 ? null : new Date(now.getTime() + Math.min(3600, pauseSeconds(beyond + 1)) * 1000);
}

/**
 * Without a list of its own an endpoint hears everything; a test message goes to the one it was asked for.
 */
export const hears = (wanted: readonly EventType[], type: EventType): boolean =>
  type !== 'webhook.test' && (wanted.length === 0 || wanted.includes(type));

/**
 * The form that a receiver's URL must have; whether its host is a public address is asked when a message
 * goes out, because names may come to mean other addresses.
 */
export function requireEndpointUrl(text: string, { isPlainAllowed }: { isPlainAllowed: boolean }): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const protocols = isPlainAllowed ? ['https:', 'http:'] : ['https:'];
  requireRule(url !== null && protocols.includes(url.protocol) && url.hostname !== '', {
    kind: 'invalid_argument',
    code: 'url_malformed',
    message: isPlainAllowed ? 'must be an http or https URL' : 'must be an https URL',
    field: 'url',
  });
  requireRule(url.username === '' && url.password === '' && url.hash === '', {
    kind: 'invalid_argument',
    code: 'url_with_secret',
    message: 'must hold no user, password or fragment: messages are signed, check the signature instead',
    field: 'url',
  });
}

/**
 * The URL as it may be shown in the audit trail and in texts: where messages go, without what may open a
 * door. `https://wallet.example.com/hooks?token=abc` -> `https://wallet.example.com/hooks?(withheld)`.
 */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return '(no URL)';
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?(withheld)'}`;
}
