import { loanOf, type Scenario } from './scenario.ts';

export const create: Scenario = {
  name: 'create',
  title: 'loan creation, 12 installments',
  isPaced: true,
  open: (stage) => () => loanOf(stage),
};
