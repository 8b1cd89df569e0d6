import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import { type DecisionContext, decide, type LoanCommand } from '../decide.ts';
import type { Loan } from '../loan.ts';
import { firstChargesOf, termsOfLoan } from '../product.ts';
import { standardProduct } from '../products/exampleProduct.ts';
import { DEFAULT_SETTINGS } from '../terms.ts';
import { submitLoan } from './origination.ts';

const DAY = date('2025-01-15');
const context: DecisionContext = { businessDate: DAY, settings: DEFAULT_SETTINGS };

const charge = (differences: Partial<ChargeDefinition> = {}): ChargeDefinition => ({
  code: 'FEE',
  name: 'Fee',
  time: 'SPECIFIED_DUE_DATE',
  calculation: 'FLAT',
  amountOrPercentage: '12',
  minCap: null,
  maxCap: null,
  penalty: false,
  feeFrequency: null,
  ...differences,
});

function pending(): Loan {
  const product = standardProduct();
  const application = { principal: 1_200_00n, expectedDisbursementDate: DAY, chosen: {} };
  const terms = termsOfLoan(product, application);
  return submitLoan({ terms, submittedOn: DAY, charges: firstChargesOf(product) }, context).loan;
}

const after = (loan: Loan, ...commands: LoanCommand[]): Loan =>
  commands.reduce((sofar, command) => decide(sofar, command, context).loan, loan);

const fees = (loan: Loan) => loan.installments.slice(0, 3).map(({ charged }) => charged.fees);
const withFee = () =>
  after(pending(), { kind: 'addCharge', definition: charge(), dueDate: date('2025-02-10') });

describe('a charge of an application', () => {
  it('moves with its day and follows its amount', () => {
    const dueDate = date('2025-03-10');
    const changed = after(withFee(), {
      kind: 'changeCharge',
      chargeId: 1,
      dueDate,
      amountOrPercentage: '15',
    });
    expect(fees(withFee())).toEqual([12_00n, 0n, 0n]);
    expect(fees(changed)).toEqual([0n, 15_00n, 0n]);
    expect(changed.charges[0]).toMatchObject({ dueDate, amount: 15_00n });
  });

  it('of a percentage is computed from the new one', () => {
    const share = charge({ calculation: 'PERCENT_OF_AMOUNT', amountOrPercentage: '1' });
    const loan = after(pending(), { kind: 'addCharge', definition: share, dueDate: date('2025-02-10') });
    const changed = after(loan, { kind: 'changeCharge', chargeId: 1, amountOrPercentage: '2.5' });
    expect([loan, changed].map((each) => each.charges[0]?.amount)).toEqual([12_00n, 30_00n]);
  });

  it('is taken off, and its number is not given again', () => {
    const without = after(withFee(), { kind: 'removeCharge', chargeId: 1 });
    expect(fees(without)).toEqual([0n, 0n, 0n]);
    const again = after(without, { kind: 'addCharge', definition: charge(), dueDate: date('2025-02-10') });
    expect(again.charges.map(({ id, active }) => [id, active])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(() => after(without, { kind: 'removeCharge', chargeId: 1 })).toThrow(/does not exist/);
  });

  it('without a day of its own gets none', () => {
    const fee = charge({ time: 'INSTALLMENT' });
    const loan = after(pending(), { kind: 'addCharge', definition: fee });
    expect(() => after(loan, { kind: 'changeCharge', chargeId: 1, dueDate: DAY })).toThrow(
      /specified due date/,
    );
    expect(fees(after(loan, { kind: 'changeCharge', chargeId: 1, amountOrPercentage: '3' }))).toEqual([
      3_00n,
      3_00n,
      3_00n,
    ]);
  });

  it('stays as it is once the loan is approved', () => {
    const approved = after(withFee(), { kind: 'approve', on: DAY });
    expect(() => after(approved, { kind: 'removeCharge', chargeId: 1 })).toThrow(/not in submitted/);
    expect(() => after(approved, { kind: 'changeCharge', chargeId: 1, amountOrPercentage: '1' })).toThrow(
      /not in submitted/,
    );
  });
});
