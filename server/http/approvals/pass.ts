/**
 * Passes for calls that were approved: the process makes the call to itself once, with a secret that nobody
 * else knows and that is good for this one call, and is taken for whoever asked for it.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../../operations/accounts/caller.ts';

const HEADER = 'x-loanbook-pass';
const passes = new Map<string, Caller>();

/** The header of the one call; `withdraw` when the call is over. */
export function issuePass(caller: Caller): { headers: Record<string, string>; withdraw: () => void } {
  const secret = randomBytes(32).toString('base64url');
  passes.set(secret, caller);
  return { headers: { [HEADER]: secret }, withdraw: () => void passes.delete(secret) };
}

/** In whose name the request is let through, if it holds a pass. */
export const passedCaller = (headers: IncomingHttpHeaders): Caller | undefined =>
  headers[HEADER] === undefined ? undefined : passes.get(String(headers[HEADER]));
