import { loanOf, oneOf, readOf, repaymentOf, type Scenario } from './scenario.ts';

/** 70 % reads, 20 % repayments, 10 % new loans. */
export const mixed: Scenario = {
  name: 'mixed',
  title: 'mixed 70/20/10 read/repay/create',
  isPaced: true,
  open: (stage) => () => {
    const chance = Math.random();
    if (chance < 0.7) return readOf(stage, oneOf(stage.book.walletIds));
    return chance < 0.9 ? repaymentOf(stage, oneOf(stage.book.walletIds)) : loanOf(stage);
  },
};
