/**
 * The columns of a loan that follow from its state: the document, and beside it what lists filter and sort
 * on and what reports add up.
 */
import { noPortions, type Portions } from '../../domain/components.ts';
import type { CivilDate } from '../../domain/date.ts';
import { currentTag } from '../../domain/delinquency/classification.ts';
import { totalOutstanding } from '../../domain/installment.ts';
import { expectedDisbursementOf, type Loan, type LoanStatus } from '../../domain/loan.ts';
import { writeDocument } from './document.ts';
import { storedTermsOf } from './terms.ts';

/** As columns beside the document. */
export interface ListedFacts {
  readonly status: LoanStatus;
  readonly principal: bigint;
  readonly expectedDisbursementDate: CivilDate;
  readonly oldestUnpaidDueDate: CivilDate | null;
  /** Code of the delinquency range that the loan is in. */
  readonly delinquencyRange: string | null;
  readonly isNonPerforming: boolean;
  readonly principalOutstanding: bigint;
  readonly interestOutstanding: bigint;
  readonly feesOutstanding: bigint;
  readonly penaltiesOutstanding: bigint;
  readonly principalWrittenOff: bigint;
  readonly disbursedOn: CivilDate | null;
  readonly isChargedOff: boolean;
}

const LISTED: readonly { readonly fact: keyof ListedFacts; readonly name: string; readonly type: string }[] =
  [
    { fact: 'status', name: 'status', type: 'text' },
    { fact: 'principal', name: 'principal', type: 'bigint' },
    { fact: 'expectedDisbursementDate', name: 'expected_disbursement_date', type: 'date' },
    { fact: 'oldestUnpaidDueDate', name: 'oldest_unpaid_due_date', type: 'date' },
    { fact: 'delinquencyRange', name: 'delinquency_range', type: 'text' },
    { fact: 'isNonPerforming', name: 'is_non_performing', type: 'boolean' },
    { fact: 'principalOutstanding', name: 'principal_outstanding', type: 'bigint' },
    { fact: 'interestOutstanding', name: 'interest_outstanding', type: 'bigint' },
    { fact: 'feesOutstanding', name: 'fees_outstanding', type: 'bigint' },
    { fact: 'penaltiesOutstanding', name: 'penalties_outstanding', type: 'bigint' },
    { fact: 'principalWrittenOff', name: 'principal_written_off', type: 'bigint' },
    { fact: 'disbursedOn', name: 'disbursed_on', type: 'date' },
    { fact: 'isChargedOff', name: 'is_charged_off', type: 'boolean' },
  ];

export const LISTED_FACTS: readonly (keyof ListedFacts)[] = LISTED.map(({ fact }) => fact);
/** To select them under the names of the facts. */
export const LISTED_COLUMNS: string = LISTED.map(({ fact, name }) => `${name} as "${fact}"`).join(', ');

/** With their types. All but the terms, which hardly ever change. */
export const CHANGED_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['state', 'json'],
  ...LISTED.map(({ name, type }) => [name, type] as const),
];

/** The values of CHANGED_COLUMNS. */
export function changedValues(state: Loan): unknown[] {
  const listed = listedFactsOf(state);
  const values: unknown[] = [writeDocument(state)];
  for (const fact of LISTED_FACTS) values.push(listed[fact]);
  return values;
}

export const STATE_COLUMNS: readonly string[] = ['terms_id', ...CHANGED_COLUMNS.map(([name]) => name)];

/** The values of STATE_COLUMNS. */
export const stateValues = (state: Loan): unknown[] => [
  storedTermsOf(state.terms).id,
  ...changedValues(state),
];

export function listedFactsOf(state: Loan): ListedFacts {
  const outstanding = outstandingOf(state);
  let principalWrittenOff = 0n;
  for (const { writtenOff } of state.installments) principalWrittenOff += writtenOff.principal;
  return {
    status: state.status,
    principal: state.terms.principal,
    expectedDisbursementDate: expectedDisbursementOf(state),
    oldestUnpaidDueDate: oldestUnpaidDueDate(state),
    delinquencyRange: currentTag(state)?.rangeCode ?? null,
    isNonPerforming: state.isNonPerforming,
    principalOutstanding: outstanding.principal,
    interestOutstanding: outstanding.interest,
    feesOutstanding: outstanding.fees,
    penaltiesOutstanding: outstanding.penalties,
    principalWrittenOff,
    disbursedOn: state.disbursedOn,
    isChargedOff: state.chargedOffOn !== null,
  };
}

export function oldestUnpaidDueDate(state: Loan): CivilDate | null {
  if (state.status !== 'active') return null;
  return state.installments.find((row) => totalOutstanding(row) > 0n)?.due ?? null;
}

/** Nothing is owed before the money is out. */
function outstandingOf({ disbursedOn, installments }: Loan): Portions {
  const total = noPortions();
  if (disbursedOn === null) return total;
  for (const { charged, paid, waived, writtenOff } of installments) {
    total.principal += charged.principal - paid.principal - waived.principal - writtenOff.principal;
    total.interest += charged.interest - paid.interest - waived.interest - writtenOff.interest;
    total.fees += charged.fees - paid.fees - waived.fees - writtenOff.fees;
    total.penalties += charged.penalties - paid.penalties - waived.penalties - writtenOff.penalties;
  }
  return total;
}
