import { oneOf, repaymentOf, type Scenario } from './scenario.ts';

/** Repayments on loans chosen at random from the whole book. */
export const repay: Scenario = {
  name: 'repay',
  title: 'repayments, random loans',
  isPaced: true,
  open: (stage) => () => repaymentOf(stage, oneOf(stage.book.walletIds)),
};
