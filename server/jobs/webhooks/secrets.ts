import { unsealKey } from '../../operations/accounts/keySeal.ts';

/** The secret as it signs; undefined when it cannot be opened. */
export type OpenSecret = (stored: string) => Promise<string | undefined>;

const MOST_REMEMBERED = 1_000;

/** Remembers what was opened: to open a seal takes as long as to check a password. */
export function secretOpener(keySecret: string | undefined): OpenSecret {
  const opened = new Map<string, Promise<string | undefined>>();
  return (stored) => {
    const known = opened.get(stored);
    if (known) return known;
    if (opened.size >= MOST_REMEMBERED) opened.clear();
    const opening = unsealKey(stored, keySecret).catch(() => undefined);
    opened.set(stored, opening);
    return opening;
  };
}
