/** A range of loans, read in one snapshot: each by itself, and that nothing lies between them. */
import type { DecisionContext } from '../../domain/decide.ts';
import type { Tx } from '../../store/database.ts';
import { listClosures } from '../../store/ledger/closures.ts';
import {
  type JournalRow,
  type LoanFacts,
  type LoanRange,
  listJournalRows,
  listLoanFacts,
  listMissingLoans,
  listOwners,
} from '../../store/ledger/verification.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { findWholeLoans } from '../../store/loans/quietTransactions.ts';
import { closureFaults } from './closedPeriods.ts';
import { type ControlSum, type Finding, summed, type Verified } from './finding.ts';
import { readableControlSums, type Subject, verifyLoan } from './verifyLoan.ts';
import { missingNames } from './verifyNames.ts';

export interface LoansAsked {
  readonly after: bigint;
  readonly rows: number;
  /** The history of every n-th loan is replayed, by its id; 1 = of all, 0 = of none. */
  readonly replayEvery: number;
  readonly context: DecisionContext;
}

const LAST_ID = 9_223_372_036_854_775_807n;

/** Answers what was found, and the last loan looked at when there may be more. */
export async function verifyLoans(
  tx: Tx,
  asked: LoansAsked,
): Promise<{ readonly verified: Verified; readonly last: bigint | undefined }> {
  const facts = await listLoanFacts(tx, asked);
  const last = facts.length === asked.rows ? facts.at(-1)?.id : undefined;
  const range = { after: asked.after, last: last ?? LAST_ID };
  const [loans, journal, closures] = await Promise.all([
    findWholeLoans(tx, idsOf(facts)),
    listJournalRows(tx, range),
    listClosures(tx),
  ]);
  const subjects = subjectsOf(facts, loans, journal);
  const findings = [
    ...subjects.flatMap((each) => verifyLoan(each, isReplayed(each, asked) ? asked.context : undefined)),
    ...(await orphans(tx, { facts, range, journal })),
    ...(await missingNames(
      tx,
      'loan',
      facts.filter((each) => !each.isDeleted),
    )),
    ...journal.flatMap((row) => closureFaults({ ...row, where: `loan ${row.loanId}` }, closures)),
  ];
  const checked = {
    loans: facts.length,
    transactions: [...loans.values()].reduce((count, loan) => count + loan.transactions.length, 0),
    entries: journal.filter(({ line }) => line === 1).length,
    names: 0,
  };
  return { verified: { checked, controls: controlsOf(subjects), findings }, last };
}

const idsOf = (facts: readonly LoanFacts[]): bigint[] => facts.map(({ id }) => id);

const isReplayed = ({ facts }: Subject, { replayEvery }: LoansAsked): boolean =>
  replayEvery > 0 && facts.id % BigInt(replayEvery) === 0n;

function subjectsOf(
  facts: readonly LoanFacts[],
  loans: ReadonlyMap<bigint, BookedLoan>,
  journal: readonly JournalRow[],
): Subject[] {
  const rows = new Map<bigint, JournalRow[]>();
  for (const row of journal) {
    const found = rows.get(row.loanId) ?? [];
    rows.set(row.loanId, found);
    found.push(row);
  }
  return facts.map((each) => ({ facts: each, loan: loans.get(each.id), journal: rows.get(each.id) ?? [] }));
}

function controlsOf(subjects: readonly Subject[]): ControlSum[] {
  return summed(subjects.flatMap(({ loan, journal }) => (loan ? readableControlSums(loan, journal) : [])));
}

interface Neighbourhood {
  readonly facts: readonly LoanFacts[];
  readonly range: LoanRange;
  readonly journal: readonly JournalRow[];
}

/** Transactions and entries of loans that are not there, loans of customers that are not there. */
async function orphans(tx: Tx, { facts, range, journal }: Neighbourhood): Promise<Finding[]> {
  const known = new Set(idsOf(facts));
  const customerIds = [...new Set(facts.map(({ customerId }) => customerId))];
  const [withTransactions, customers] = await Promise.all([
    listMissingLoans(tx, range),
    listOwners(tx, 'customer', customerIds),
  ]);
  const withEntries = journal.map(({ loanId }) => loanId).filter((id) => !known.has(id));
  const here = new Set(customers.map(({ id }) => id));
  const orphan = (where: string, message: string): Finding => ({
    rule: 'nothing_is_orphaned',
    where,
    message,
  });
  return [
    ...withTransactions.map((id) => orphan(`loan ${id}`, 'has transactions, but there is no such loan')),
    ...[...new Set(withEntries)].map((id) =>
      orphan(`loan ${id}`, 'has journal entries, but there is no such loan'),
    ),
    ...facts
      .filter(({ customerId, isDeleted }) => !isDeleted && !here.has(customerId))
      .map(({ id, customerId }) =>
        orphan(`loan ${id}`, `belongs to customer ${customerId}, who is not there`),
      ),
  ];
}
