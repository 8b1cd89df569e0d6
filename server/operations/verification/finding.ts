/** What a verification finds: which rule does not hold, where, and what stands there instead. */

export type Rule =
  /** Entries and lines are numbered without gaps, every row moves an amount above zero. */
  | 'journal_is_whole'
  /** What was posted for a transaction adds up to what it stands for. */
  | 'journal_follows_history'
  /** Control accounts hold what the loans say of themselves. */
  | 'control_accounts_hold_the_loans'
  /** A loan is the fold of its history. */
  | 'loan_follows_history'
  /** Columns that lists filter on say what the loan's document says. */
  | 'columns_follow_document'
  /** Names lead to the thing that bears them, and back. */
  | 'names_lead_to_their_bearer'
  /** Nothing belongs to a thing that there is not. */
  | 'nothing_is_orphaned'
  /** Nothing was posted into a period after it had been closed. */
  | 'closed_periods_stand'
  /** What every day moved in sum, of which the trial balance is read, is what the journal says. */
  | 'totals_follow_journal'
  /** Totals of lists count what is there. */
  | 'counts_follow_rows';

export interface Finding {
  readonly rule: Rule;
  /** `loan 42`, `customer 7`, `journal entry 12`, `ledger of 2025-01-31`. */
  readonly where: string;
  readonly message: string;
}

/** What an account holds by the ledger and by the loans, in minor units, debit less credit. */
export interface ControlSum {
  readonly account: string;
  readonly roles: readonly string[];
  readonly ledger: bigint;
  readonly loans: bigint;
}

export interface Checked {
  readonly loans: number;
  readonly transactions: number;
  readonly entries: number;
  readonly names: number;
}

/** Part of a book that has been looked at. */
export interface Verified {
  readonly checked: Checked;
  readonly controls: readonly ControlSum[];
  readonly findings: readonly Finding[];
}

export const NOTHING: Verified = {
  checked: { loans: 0, transactions: 0, entries: 0, names: 0 },
  controls: [],
  findings: [],
};

export function joined(a: Verified, b: Verified): Verified {
  return {
    checked: {
      loans: a.checked.loans + b.checked.loans,
      transactions: a.checked.transactions + b.checked.transactions,
      entries: a.checked.entries + b.checked.entries,
      names: a.checked.names + b.checked.names,
    },
    controls: summed([...a.controls, ...b.controls]),
    findings: [...a.findings, ...b.findings],
  };
}

/** One line per account and roles, by account. */
export function summed(controls: readonly ControlSum[]): ControlSum[] {
  const sums = new Map<string, ControlSum>();
  for (const each of controls) {
    const key = `${each.account} ${each.roles.join()}`;
    const known = sums.get(key) ?? { ...each, ledger: 0n, loans: 0n };
    sums.set(key, { ...known, ledger: known.ledger + each.ledger, loans: known.loans + each.loans });
  }
  return [...sums.keys()].sort().flatMap((key) => sums.get(key) ?? []);
}
