/** What became of the calls of a run. */
import { type Latencies, type LatencySummary, openLatencies } from './latencies.ts';

/** One call of a scenario, and what its success moves in the ledger, in minor units. */
export interface Shot {
  readonly request: Buffer;
  /** Reads move nothing. */
  readonly kind: 'read' | 'repayment' | 'loan';
  readonly amount: bigint;
}

/** What was moved for certain, and what may have been, because no answer came. */
export interface Moved {
  readonly sure: bigint;
  readonly unknown: bigint;
}

export interface TallySummary {
  readonly latency: LatencySummary;
  readonly calls: number;
  /** Answered with another status than 200, by status. */
  readonly refused: Readonly<Record<string, number>>;
  /** Without an answer: connections lost, or nothing heard until the end. */
  readonly dropped: number;
  readonly repaid: Moved;
  readonly lent: Moved;
  readonly loansMade: number;
}

export interface Tally {
  /** `measured` false: of the warm-up; it moves money, but its time does not count. */
  answered(
    shot: Shot,
    reply: { readonly status: number; readonly microseconds: number; readonly measured: boolean },
  ): void;
  dropped(shot: Shot): void;
  summary(): TallySummary;
}

type Mutable = { sure: bigint; unknown: bigint };

export function openTally(): Tally {
  const latencies: Latencies = openLatencies();
  const refused: Record<string, number> = {};
  const moved: Record<'repayment' | 'loan', Mutable> = {
    repayment: { sure: 0n, unknown: 0n },
    loan: { sure: 0n, unknown: 0n },
  };
  const counts = { calls: 0, dropped: 0, loansMade: 0 };
  return {
    answered: ({ kind, amount }, { status, microseconds, measured }) => {
      counts.calls += 1;
      if (status !== 200) {
        refused[status] = (refused[status] ?? 0) + 1;
        return;
      }
      if (measured) latencies.add(microseconds);
      if (kind === 'read') return;
      moved[kind].sure += amount;
      if (kind === 'loan') counts.loansMade += 1;
    },
    dropped: ({ kind, amount }) => {
      counts.calls += 1;
      counts.dropped += 1;
      if (kind !== 'read') moved[kind].unknown += amount;
    },
    summary: () => ({
      latency: latencies.summary(),
      ...counts,
      refused,
      repaid: moved.repayment,
      lent: moved.loan,
    }),
  };
}
