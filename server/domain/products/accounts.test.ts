import { describe, expect, it } from 'vitest';
import { accountFaults, type Chart } from './accounts.ts';
import { faultLines, standardProduct } from './exampleProduct.ts';

describe('accounts', () => {
  const chart: Chart = [
    { code: '1000', name: 'Cash', type: 'asset', active: true },
    { code: '2000', name: 'Owed', type: 'liability', active: true },
    { code: '4000', name: 'Income', type: 'income', active: true },
    { code: '5000', name: 'Loss', type: 'expense', active: false },
  ];
  const { accounting } = standardProduct().terms;

  it('are faulty when they do not exist, are not active or are of another kind', () => {
    const accounts = { ...accounting.accounts, loanPortfolio: '4000', writeOff: '5000', fundSource: '9' };
    const faults = accountFaults(
      { ...accounting, accounts, fundSourceByPaymentType: { CASH: '4000' } },
      chart,
    );
    expect(faultLines(faults)).toEqual([
      'accounts.fundSource: GL account 9 does not exist',
      'accounts.loanPortfolio: GL account 4000 is of type income, must be asset',
      'accounts.writeOff: GL account 5000 is not active',
      'fundSourceByPaymentType.CASH: GL account 4000 is of type income, must be asset or liability',
    ]);
  });

  it('do not matter to a product without accounting', () => {
    const accounts = { ...accounting.accounts, loanPortfolio: 'nowhere' };
    expect(accountFaults({ ...accounting, method: 'NONE', accounts }, chart)).toEqual([]);
  });
});
