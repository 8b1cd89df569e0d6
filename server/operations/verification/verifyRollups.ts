/** What totals of lists and the trial balance are read from, against the rows themselves. */
import type { CivilDate } from '../../domain/date.ts';
import { formatMoney } from '../../domain/money.ts';
import type { Tx } from '../../store/database.ts';
import {
  findLastTotalledDay,
  listCountDifferences,
  listTotalDifferences,
} from '../../store/rollups/comparison.ts';
import { currencyNamed } from '../currency.ts';
import { type Finding, NOTHING, type Verified } from './finding.ts';

/** A day may hold many entries, so a part takes fewer days than it would take loans. */
const ROWS_PER_DAY = 20;

/** `after` and the answered `last` are days as numbers: 20250131. */
export async function verifyTotals(
  tx: Tx,
  asked: { readonly after: bigint; readonly rows: number; readonly currency: string },
): Promise<{ readonly verified: Verified; readonly last: bigint | undefined }> {
  const after = dayOf(asked.after);
  const days = Math.max(1, Math.floor(asked.rows / ROWS_PER_DAY));
  const until = await findLastTotalledDay(tx, { after, days });
  const findings = await totalFaults(tx, { after, until, currency: asked.currency });
  const last = until === undefined ? undefined : BigInt(until.replaceAll('-', ''));
  return { verified: { ...NOTHING, findings }, last };
}

/** Days behind `after`, up to and with `until`; without it to the end. */
export async function totalFaults(
  tx: Tx,
  asked: { readonly after: CivilDate; readonly until: CivilDate | undefined; readonly currency: string },
): Promise<Finding[]> {
  const currency = currencyNamed(asked.currency);
  const differences = await listTotalDifferences(tx, asked);
  return differences.map(({ day, debit, credit, total, journal }) => {
    const figures = `${formatMoney(total, currency)} in the totals, ${formatMoney(journal, currency)} in the journal`;
    return {
      rule: 'totals_follow_journal',
      where: `ledger of ${day}`,
      message: `from ${credit} to ${debit}: ${figures}`,
    };
  });
}

const dayOf = (number: bigint): CivilDate => {
  const digits = String(number === 0n ? 10101 : number).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}` as CivilDate;
};

export async function verifyCounts(tx: Tx): Promise<Verified> {
  const differences = await listCountDifferences(tx);
  const findings = differences.map(({ of, counted, there }): Finding => {
    const message = `${counted} by the count, ${there} by their rows`;
    return { rule: 'counts_follow_rows', where: of, message };
  });
  return { ...NOTHING, findings };
}
