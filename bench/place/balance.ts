/**
 * After every run: what was answered with success is in the ledger, no more and no less. Repayments debit the
 * fund source, disbursements credit it; of calls that got no answer nobody knows, so they widen the range.
 */

import type { Moved } from '../load/tally.ts';
import type { BenchServer } from './server.ts';

/** In minor units. */
export interface LedgerState {
  readonly fundDebit: bigint;
  readonly fundCredit: bigint;
  readonly totalDebit: bigint;
  readonly totalCredit: bigint;
}

export interface Expected {
  readonly repaid: Moved;
  readonly lent: Moved;
}

/** Empty when the ledger has moved as it should. */
export function balanceFaults(before: LedgerState, after: LedgerState, { repaid, lent }: Expected): string[] {
  const moves = [
    { what: 'repaid', moved: after.fundDebit - before.fundDebit, wanted: repaid },
    { what: 'lent', moved: after.fundCredit - before.fundCredit, wanted: lent },
  ];
  const faults = moves
    .filter(({ moved, wanted }) => moved < wanted.sure || moved > wanted.sure + wanted.unknown)
    .map(({ what, moved, wanted }) => {
      const most = wanted.unknown > 0n ? ` to ${wanted.sure + wanted.unknown}` : '';
      return `${what}: the ledger moved ${moved}, answered were ${wanted.sure}${most} (minor units)`;
    });
  if (after.totalDebit !== after.totalCredit)
    faults.push(`the trial balance is out by ${after.totalDebit - after.totalCredit} minor units`);
  return faults;
}

const FUND_SOURCE = '1000';
const minor = (amount: number): bigint => BigInt(Math.round(amount * 100));

async function readLedger({ client }: BenchServer): Promise<LedgerState> {
  const { items, totalDebit, totalCredit } = await client.trialBalance.get();
  const fund = items.find(({ glCode }) => glCode === FUND_SOURCE);
  return {
    fundDebit: minor(fund?.debit ?? 0),
    fundCredit: minor(fund?.credit ?? 0),
    totalDebit: minor(totalDebit),
    totalCredit: minor(totalCredit),
  };
}

/** Looks at the ledger now; answers how to learn, later, what is wrong with it and with a sample of loans. */
export async function watchLedger(
  server: BenchServer,
  ids: readonly string[],
): Promise<(expected: Expected) => Promise<string[]>> {
  const before = await readLedger(server);
  return async (expected) => [
    ...balanceFaults(before, await readLedger(server), expected),
    ...(await sampleFaults(server, ids)),
  ];
}

const SAMPLE = 200;

/** Proves loans from a random place of the book on; answers what is wrong. */
async function sampleFaults({ apiUrl, client }: BenchServer, ids: readonly string[]): Promise<string[]> {
  const from = ids[Math.floor(Math.random() * Math.max(1, ids.length - SAMPLE))] ?? '0';
  const answer = await fetch(`${apiUrl}/v1/verifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await client.auth.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ after: `loans:${from}`, rows: SAMPLE }),
  });
  if (!answer.ok) return [`the verification of a sample was answered ${answer.status}`];
  const { findings, loans } = (await answer.json()) as {
    findings: { where: string; message: string }[];
    loans: number;
  };
  if (loans === 0) return ['the verification of a sample looked at no loan'];
  return findings.slice(0, 10).map(({ where, message }) => `${where}: ${message}`);
}
