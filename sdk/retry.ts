/**
 * Which failures are worth another try, and when. The contract: `unavailable` with backoff, `internal` once,
 * nothing else.
 */
import { LoanbookError } from './errors.ts';

export interface RetryPolicy {
  /** Further tries after `unavailable`, a lost connection or a timeout. */
  readonly retries: number;
  /** The first pause; it doubles with every try, and a random part of it is waited. */
  readonly backoffMilliseconds: number;
  readonly longestPauseMilliseconds: number;
}

export const STANDARD_RETRIES: RetryPolicy = {
  retries: 4,
  backoffMilliseconds: 200,
  longestPauseMilliseconds: 30_000,
};

/** What has been tried of one call so far. */
interface Tries {
  unavailable: number;
  internal: number;
}

export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  options: { readonly isRepeatable: boolean; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const tries: Tries = { unavailable: 0, internal: 0 };
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LoanbookError)) throw error;
      const pause = pauseBefore(error, tries, { ...policy, isRepeatable: options.isRepeatable });
      if (pause === undefined) throw error;
      await wait(pause, options.signal);
    }
  }
}

/** Milliseconds to wait before the next try; undefined when there shall be none. */
function pauseBefore(
  error: LoanbookError,
  tries: Tries,
  policy: RetryPolicy & { readonly isRepeatable: boolean },
): number | undefined {
  if (error.code === 'internal') return tries.internal++ === 0 ? backoff(0, policy) : undefined;
  const isLost = error.code === 'network' || error.code === 'timeout';
  const isWorth = error.code === 'unavailable' || (isLost && policy.isRepeatable);
  if (!isWorth || tries.unavailable >= policy.retries) return undefined;
  const asked = (error.retryAfterSeconds ?? 0) * 1000;
  if (asked > policy.longestPauseMilliseconds) return undefined;
  return asked + backoff(tries.unavailable++, policy);
}

/** Random over the whole span, so that callers that failed together do not return together. */
function backoff(attempt: number, policy: RetryPolicy): number {
  const span = Math.min(policy.longestPauseMilliseconds, policy.backoffMilliseconds * 2 ** attempt);
  return span * (0.5 + Math.random() / 2);
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}
