/**
 * Limiting attempts at passwords: the first failures are free, then each one doubles the wait before the next
 * attempt, up to a longest wait. Counted for the account asked for and for the caller's address; quiet for a
 * while, and all is forgotten.
 *
 *   account, 5 free: failure 5 -> 1 s, 6 -> 2 s, 7 -> 4 s, ... 14 and later -> 300 s
 *
 * Source: contract "Auth" (limited per account and per address, with growing delay).
 */

export interface AttemptRule {
  /** The failure that brings the first wait. */
  readonly freeFailures: number;
  readonly longestSeconds: number;
}

export const ATTEMPT_RULES = {
  account: { freeFailures: 5, longestSeconds: 300 },
  /** Many people may share an address. */
  address: { freeFailures: 30, longestSeconds: 300 },
} as const satisfies Record<string, AttemptRule>;

/** After so long without a failure a count starts anew. */
export const FORGOTTEN_AFTER_SECONDS = 3600;

/** The wait that the n-th failure in a row brings. */
export function delaySeconds(failures: number, rule: AttemptRule): number {
  if (failures < rule.freeFailures) return 0;
  return Math.min(rule.longestSeconds, 2 ** Math.min(failures - rule.freeFailures, 30));
}

/** What counts as one address: all of an IPv6 subscriber's /64. */
export function addressKey(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (plain.includes('::')) {
    const rest = tail.split(':').filter((group) => group !== '');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
