import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { accountBalances, fee, type Line, pay, type Story, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { controlAccountsOf, controlBalancesOf } from './controls.ts';

const CONTROLS = ['loanPortfolio', 'interestReceivable', 'feeReceivable', 'penaltyReceivable', 'overpayment'];

const held = (loan: Loan): Record<string, string> =>
  Object.fromEntries(
    controlBalancesOf(loan)
      .filter(({ amount }) => amount !== 0n)
      .map(({ account, amount }) => [account, shown(amount).replace('.00', '')]),
  );

/** What the journal holds on the control accounts. */
const booked = ({ entries }: Story): Record<string, string> =>
  Object.fromEntries(
    Object.entries(accountBalances(entries)).filter(([account]) => CONTROLS.includes(account)),
  );

const addFee: Line = ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-10') }];
const accrued: Line = ['2025-02-16', { kind: 'accrue', till: date('2025-02-15') }];

const withAccounting = (own: Partial<LoanTerms['accounting']>): Partial<LoanTerms> => ({
  accounting: { ...storyTerms().accounting, ...own },
});

describe('the control accounts of a loan of 300 (100 + 6 a month) hold', () => {
  it.each<[string, Line[], Record<string, string>]>([
    ['the principal, once disbursed', [], { loanPortfolio: '300' }],
    [
      'the income recognised and not paid',
      [addFee, accrued],
      { loanPortfolio: '300', interestReceivable: '6', feeReceivable: '5' },
    ],
    [
      'what payments left of it',
      [addFee, accrued, ['2025-02-20', pay(7)]],
      { loanPortfolio: '300', interestReceivable: '4' },
    ],
    ['an overpayment, as a debt of the lender', [['2025-04-15', pay(350)]], { overpayment: '-32' }],
    [
      'after a write-off what it took beyond the recognised income',
      [addFee, accrued, ['2025-02-20', { kind: 'writeOff', on: date('2025-02-20') }]],
      { interestReceivable: '-12' },
    ],
    [
      'after a charge-off the same',
      [addFee, accrued, ['2025-02-20', { kind: 'chargeOff', on: date('2025-02-20') }]],
      { interestReceivable: '-12' },
    ],
  ])('%s', (_, lines, balances) => {
    const story = tell({}, lines);
    expect(held(story.loan)).toEqual(balances);
    expect(booked(story)).toEqual(balances);
  });

  it('nothing before the disbursement', () => {
    const { loan } = tell({}, []);
    expect(held({ ...loan, disbursedOn: null })).toEqual({});
  });
});

describe('an account is a control account', () => {
  it('for each role that a customer owes or is owed on', () => {
    expect(controlAccountsOf(storyTerms().accounting)).toEqual(CONTROLS);
    expect(controlBalancesOf(tell({}, []).loan).map(({ account }) => account)).toEqual(CONTROLS);
  });

  it('for principal and overpayments alone, where income is booked when it is paid', () => {
    const accounts = controlBalancesOf(tell(withAccounting({ method: 'CASH' }), []).loan);
    expect(accounts.map(({ account }) => account)).toEqual(['loanPortfolio', 'overpayment']);
  });

  it('of no loan without accounting', () => {
    expect(controlBalancesOf(tell(withAccounting({ method: 'NONE' }), []).loan)).toEqual([]);
  });

  it('only as long as it plays no other role', () => {
    const { accounts } = storyTerms().accounting;
    const shared = withAccounting({ accounts: { ...accounts, feeReceivable: 'feeIncome' } });
    expect(controlBalancesOf(tell(shared, []).loan).map(({ account }) => account)).not.toContain('feeIncome');
    const paidInto = withAccounting({ fundSourceByPaymentType: { CASH: 'penaltyReceivable' } });
    const left = controlBalancesOf(tell(paidInto, []).loan).map(({ account }) => account);
    expect(left).toEqual(CONTROLS.filter((account) => account !== 'penaltyReceivable'));
  });

  it('once, whatever the number of its roles, which it holds together', () => {
    const { accounts } = storyTerms().accounting;
    const joined = withAccounting({
      accounts: { ...accounts, interestReceivable: 'receivable', feeReceivable: 'receivable' },
    });
    const { loan } = tell(joined, [addFee, accrued]);
    expect(controlBalancesOf(loan).find(({ account }) => account === 'receivable')).toEqual({
      account: 'receivable',
      roles: ['interestReceivable', 'feeReceivable'],
      amount: money(11),
    });
  });
});
