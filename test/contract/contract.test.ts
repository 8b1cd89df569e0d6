/**
 * The contract, row by row, refusals included: each call in each state that matters, by every addressing that
 * it has. Credit and the lender's configuration have tables of their own.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { CORRECTIONS } from './corrections.ts';
import { CUSTOMERS } from './customers.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { LOAN_READS } from './loanReads.ts';
import { ORIGINATION } from './origination.ts';
import { AUTH, ERRORS, LEDGER, PAGES, PRODUCTS } from './others.ts';
import { addressingsOf, play, titleOf } from './play.ts';
import { REPAYMENTS } from './repayments.ts';
import { TODAY } from './states.ts';
import type { Row } from './table.ts';

const SECTIONS: Readonly<Record<string, readonly Row[]>> = {
  Auth: AUTH,
  Errors: ERRORS,
  Pagination: PAGES,
  Customers: CUSTOMERS,
  'Loan products': PRODUCTS,
  Loans: [...ORIGINATION, ...LOAN_READS, ...LIFECYCLE],
  Repayments: [...REPAYMENTS, ...CORRECTIONS],
  Operators: LEDGER,
};

let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
});
afterAll(() => world.close());

for (const [section, rows] of Object.entries(SECTIONS))
  describe(section, () => {
    for (const row of rows)
      for (const form of addressingsOf(row)) it(`${titleOf(row)} (${form})`, () => play(world, row, form));
  });
