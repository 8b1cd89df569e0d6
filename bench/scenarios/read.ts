import { HOT_LOANS } from './hot.ts';
import { oneOf, readOf, type Scenario } from './scenario.ts';

/** A loan of twelve installments with its schedule and repayments. */
export const read: Scenario = {
  name: 'read',
  title: 'GET loan with schedule',
  isPaced: true,
  open: (stage) => () => readOf(stage, oneOf(readable(stage.book.termIds))),
};

/** Not those that `hot` pays thousands of times. */
const readable = (ids: readonly string[]): readonly string[] => ids.slice(0, -HOT_LOANS);
