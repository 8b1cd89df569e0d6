import { repaymentOf, type Scenario } from './scenario.ts';

/** The last of the loans of 12 installments: more than there are runs, and rounds of breaking in. */
export const HOT_LOANS = 100;

let used = 0;

/** Everybody pays on the same loan; each run has one that nobody has paid on. */
export const hot: Scenario = {
  name: 'hot',
  title: 'repayments, one hot loan',
  isPaced: false,
  open: (stage) => {
    const { termIds } = stage.book;
    used += 1;
    const loanId = termIds[termIds.length - used] ?? '';
    return () => repaymentOf(stage, loanId);
  },
};
