/** Reports of what moved in a period, from sums that are kept together with the transactions. */
import type { FlowFigure } from '../../domain/report/flows.ts';
import type { TransactionType } from '../../domain/transaction.ts';
import { type DueSum, type FlowSum, listDues, listFlows } from '../../store/reports/flows.ts';
import { DAY, type ReportDefinition } from './definition.ts';
import { PRODUCT_COLUMNS, rowsByKeyAndProduct } from './productRows.ts';

/** Money that customers paid in. */
const COLLECTED: readonly TransactionType[] = [
  'repayment',
  'downPayment',
  'chargePayment',
  'repaymentAtDisbursement',
];

const byDay = {
  keyOf: ({ day }: { day: string }): string => day,
  head: (date: string) => ({ date }),
};

type Sums = readonly FlowSum[];

const sumOf = (sums: Sums, figure: FlowFigure, type?: TransactionType): bigint =>
  sums
    .filter((each) => each.figure === figure && (type === undefined || each.type === type))
    .reduce((total, { amount }) => total + amount, 0n);

export const COLLECTIONS: ReportDefinition = {
  name: 'collections',
  title: 'Expected against collected',
  description: 'What fell due by day as schedules stand now, and what customers paid on that day.',
  about: 'days',
  isByProduct: true,
  isByDay: true,
  columns: [
    DAY,
    ...PRODUCT_COLUMNS,
    { key: 'expectedPrincipal', label: 'Principal due', type: 'money' },
    { key: 'expected', label: 'Total due', type: 'money' },
    { key: 'payments', label: 'Payments', type: 'count' },
    { key: 'collectedPrincipal', label: 'Principal collected', type: 'money' },
    { key: 'collected', label: 'Total collected', type: 'money' },
    { key: 'collectedShare', label: 'Collected of due', type: 'share' },
  ],
  read: async (tx, scope) => {
    const [dues, flows] = await Promise.all([
      listDues(tx, scope),
      listFlows(tx, { ...scope, types: COLLECTED }),
    ]);
    return rowsByKeyAndProduct<DueSum | FlowSum>(tx, [...dues, ...flows], {
      ...byDay,
      row: (group) => {
        const due = group.filter((each): each is DueSum => 'component' in each);
        const paid = group.filter((each): each is FlowSum => 'figure' in each);
        const expected = due.reduce((total, { amount }) => total + amount, 0n);
        const collected = sumOf(paid, 'amount');
        return {
          expectedPrincipal: due
            .filter(({ component }) => component === 'principal')
            .reduce((total, { amount }) => total + amount, 0n),
          expected,
          payments: Number(sumOf(paid, 'count')),
          collectedPrincipal: sumOf(paid, 'principal'),
          collected,
          collectedShare: { of: collected, in: expected },
        };
      },
    });
  },
};

export const DISBURSEMENTS: ReportDefinition = {
  name: 'disbursements',
  title: 'Disbursements',
  description: 'Loans paid out by day and product.',
  about: 'days',
  isByProduct: true,
  isByDay: true,
  columns: [
    DAY,
    ...PRODUCT_COLUMNS,
    { key: 'disbursements', label: 'Disbursements', type: 'count' },
    { key: 'amount', label: 'Amount', type: 'money' },
  ],
  read: async (tx, scope) => {
    const flows = await listFlows(tx, { ...scope, types: ['disbursement'] });
    return rowsByKeyAndProduct(tx, flows, {
      ...byDay,
      row: (group) => ({
        disbursements: Number(sumOf(group, 'count')),
        amount: sumOf(group, 'amount'),
      }),
    });
  },
};

export const LOSSES: ReportDefinition = {
  name: 'losses',
  title: 'Write-offs and recoveries',
  description: 'What was written off, charged off and recovered by day and product.',
  about: 'days',
  isByProduct: true,
  isByDay: true,
  columns: [
    DAY,
    ...PRODUCT_COLUMNS,
    { key: 'writtenOffLoans', label: 'Loans written off', type: 'count' },
    { key: 'writtenOffPrincipal', label: 'Principal written off', type: 'money' },
    { key: 'writtenOff', label: 'Total written off', type: 'money' },
    { key: 'chargedOffLoans', label: 'Loans charged off', type: 'count' },
    { key: 'chargedOffPrincipal', label: 'Principal charged off', type: 'money' },
    { key: 'chargedOff', label: 'Total charged off', type: 'money' },
    { key: 'recoveries', label: 'Recoveries', type: 'count' },
    { key: 'recovered', label: 'Recovered', type: 'money' },
  ],
  read: async (tx, scope) => {
    const types = ['writeOff', 'chargeOff', 'recoveryRepayment'] as const;
    const flows = await listFlows(tx, { ...scope, types });
    return rowsByKeyAndProduct(tx, flows, {
      ...byDay,
      row: (group) => ({
        writtenOffLoans: Number(sumOf(group, 'count', 'writeOff')),
        writtenOffPrincipal: sumOf(group, 'principal', 'writeOff'),
        writtenOff: sumOf(group, 'amount', 'writeOff'),
        chargedOffLoans: Number(sumOf(group, 'count', 'chargeOff')),
        chargedOffPrincipal: sumOf(group, 'principal', 'chargeOff'),
        chargedOff: sumOf(group, 'amount', 'chargeOff'),
        recoveries: Number(sumOf(group, 'count', 'recoveryRepayment')),
        recovered: sumOf(group, 'amount', 'recoveryRepayment'),
      }),
    });
  },
};
