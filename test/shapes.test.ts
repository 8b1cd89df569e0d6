/** Loans are made alike, whether they are booked, repaid, read or summed up. */
import { expect, it } from 'vitest';
import { date } from '../server/domain/date.ts';
import { type Decision, type DecisionContext, decide } from '../server/domain/decide.ts';
import { originateLoan } from '../server/domain/life/preview.ts';
import { exampleTerms } from '../server/domain/schedule/exampleLoan.ts';
import { summarizeLoan } from '../server/domain/statement/summary.ts';
import { DEFAULT_SETTINGS } from '../server/domain/terms.ts';
import { STANDARD_ACCOUNTING } from '../server/operations/seed/chartOfAccounts.ts';
import { readDocument, writeDocument } from '../server/store/loans/document.ts';
import { differentShapes } from './shapes.ts';

const START = date('2025-01-15');
const context: DecisionContext = { businessDate: START, settings: DEFAULT_SETTINGS };

function booked(principal: bigint): Decision {
  const terms = exampleTerms({ principal, numberOfRepayments: 12, accounting: STANDARD_ACCOUNTING });
  return originateLoan({ terms, submittedOn: START }, context);
}

const repaid = (principal: bigint): Decision =>
  decide(booked(principal).loan, { kind: 'pay', type: 'repayment', on: START, amount: 50_00n }, context);

function read(principal: bigint) {
  const { loan } = booked(principal);
  const { transactions } = loan;
  return readDocument(JSON.parse(writeDocument(loan)), { terms: undefined, transactions });
}

/** Of code that has run for a while: before that V8 makes objects in another way. */
function pairOf<T>(made: (principal: bigint) => T): [T, T] {
  for (let round = 0; round < 500; round += 1) made(5_000_00n + BigInt(round));
  return [made(5_000_00n), made(6_000_00n)];
}

it.each([
  ['loans as they are booked', booked],
  ['loans as they are repaid', repaid],
  ['loans as they are read', read],
  ['loans as they are shown', (principal: bigint) => summarizeLoan(booked(principal).loan, START)],
])('%s', (_what, made) => {
  expect(differentShapes(...pairOf<unknown>(made))).toEqual([]);
});

it('sees what is not made alike', () => {
  const made = (amount: bigint) => (amount > 5_500_00n ? { added: 1, amount } : { amount, added: 1 });
  expect(differentShapes(...pairOf(made))).toEqual(['it']);
});
