/**
 * What is looked at when a day is closed: a sample of loans, taken from another place each day, with their
 * journal, control accounts, columns and history. A hundredth of the book, so that each loan of a book of up
 * to 10,000 is looked at about every hundred days. `loanbook verify` looks at everything.
 */
import { type CivilDate, dayNumber } from '../../domain/date.ts';
import { findLastLoan } from '../../store/closing/work.ts';
import { isUnavailable } from '../../store/failure.ts';
import { holdSnapshot } from '../../store/ledger/verification.ts';
import type { Book } from '../book.ts';
import { decisionContext } from '../loans/changeLoan.ts';
import type { Finding } from '../verification/finding.ts';
import { verifyLoans } from '../verification/verifyLoans.ts';

const SHARE = 100n;
const LEAST = 5n;
const MOST = 100n;
const REPLAYED_EVERY = 5;
/** Far from any other number of days, so that the places spread over the book. */
const STRIDE = 7_919n;

export async function verifyDay(book: Book, day: CivilDate): Promise<readonly Finding[]> {
  try {
    return await verifySample(book, day);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    // A loan that is beyond reading must not keep the book from being closed; it is told, and `verify` says
    // more.
    const message = `the sample cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return [{ rule: 'loan_follows_history', where: 'sample of loans', message }];
  }
}

async function verifySample(book: Book, day: CivilDate): Promise<readonly Finding[]> {
  const last = await findLastLoan(book.db.read);
  const sample = sampleOf(last);
  const places = last > sample ? last - sample + 1n : 1n;
  const after = (BigInt(dayNumber(day)) * STRIDE * sample) % places;
  const { verified } = await book.db.transaction(async (tx) => {
    await holdSnapshot(tx);
    const context = await decisionContext(tx, book);
    return verifyLoans(tx, { after, rows: Number(sample), replayEvery: REPLAYED_EVERY, context });
  });
  return verified.findings;
}

function sampleOf(loans: bigint): bigint {
  const share = loans / SHARE;
  if (share < LEAST) return LEAST;
  return share > MOST ? MOST : share;
}
