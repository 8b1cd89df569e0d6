/** Reports of the portfolio at the close of a day, from the standings that close of business takes. */
import {
  AGEING_COLUMNS,
  ageingRow,
  monthsOnBook,
  RISK_COLUMNS,
  riskRow,
  type Standing,
  SUMMARY_COLUMNS,
  summaryRow,
  VINTAGE_COLUMNS,
  vintageRow,
} from '../../domain/report/portfolio.ts';
import type { Row } from '../../domain/report/table.ts';
import { type CohortSum, listDisbursedByMonth } from '../../store/reports/flows.ts';
import {
  listMonthlyStandings,
  listRollRates,
  listStandings,
  type StandingOfDay,
} from '../../store/reports/standings.ts';
import { DAY, type ReportDefinition } from './definition.ts';
import { PRODUCT_COLUMNS, rowsByKeyAndProduct, rowsByProduct } from './productRows.ts';

type ByProduct = (standings: readonly Standing[]) => Row;

const readDay =
  (row: ByProduct): ReportDefinition['read'] =>
  async (tx, scope) =>
    rowsByProduct(tx, await listStandings(tx, scope), row);

export const PORTFOLIO_SUMMARY: ReportDefinition = {
  name: 'portfolio-summary',
  title: 'Portfolio summary',
  description:
    'Active loans and what is outstanding on them, by product, as they stood at the close of a day.',
  about: 'closed day',
  isByProduct: true,
  columns: [...PRODUCT_COLUMNS, ...SUMMARY_COLUMNS],
  read: readDay(summaryRow),
};

export const AGEING: ReportDefinition = {
  name: 'ageing',
  title: 'Ageing',
  description: 'Active loans and their principal by ranges of days past due, by product.',
  about: 'closed day',
  isByProduct: true,
  columns: [...PRODUCT_COLUMNS, ...AGEING_COLUMNS],
  read: readDay(ageingRow),
};

export const PORTFOLIO_AT_RISK: ReportDefinition = {
  name: 'portfolio-at-risk',
  title: 'Portfolio at risk',
  description: 'PAR 1, 30, 60 and 90 by day and product.',
  about: 'closed days',
  isByProduct: true,
  isByDay: true,
  columns: [DAY, ...PRODUCT_COLUMNS, ...RISK_COLUMNS],
  read: async (tx, scope) =>
    rowsByKeyAndProduct(tx, await listStandings(tx, scope), {
      keyOf: ({ day }) => day,
      head: (date) => ({ date }),
      row: riskRow,
    }),
};

export const VINTAGES: ReportDefinition = {
  name: 'vintages',
  title: 'Vintage curves',
  description: 'What became of the principal disbursed in each month, month by month.',
  about: 'closed day',
  isByProduct: true,
  columns: [
    { key: 'month', label: 'Month of disbursement', type: 'text' },
    DAY,
    { key: 'monthsOnBook', label: 'Months on book', type: 'count' },
    ...PRODUCT_COLUMNS,
    ...VINTAGE_COLUMNS,
  ],
  read: async (tx, { to, productId }) => {
    const [standings, disbursed] = await Promise.all([
      listMonthlyStandings(tx, to, productId),
      listDisbursedByMonth(tx, to, productId),
    ]);
    return rowsByKeyAndProduct(tx, withSettledCohorts(standings, disbursed), {
      keyOf: ({ cohort, day }) => `${cohort} ${day}`,
      head: (key) => {
        const [cohort = '', date = ''] = key.split(' ');
        return { month: cohort.slice(0, 7), date, monthsOnBook: monthsOnBook(cohort, date) };
      },
      row: (group, key) => vintageRow(group, disbursedOf(group, disbursed, key.slice(0, 10))),
    });
  },
};

/** A cohort of which nothing stands any more still has a point, at 0. */
function withSettledCohorts(
  standings: readonly StandingOfDay[],
  disbursed: readonly CohortSum[],
): StandingOfDay[] {
  const days = [...new Set(standings.map(({ day }) => day))];
  const empty = disbursed.flatMap(({ productId, cohort }) =>
    days.filter((day) => day >= cohort).map((day) => emptyStanding({ day, productId, cohort })),
  );
  return [...standings, ...empty];
}

const emptyStanding = (of: Pick<StandingOfDay, 'day' | 'productId' | 'cohort'>): StandingOfDay => ({
  ...of,
  state: 'active',
  daysPastDue: 0,
  loans: 0,
  ...{ principal: 0n, interest: 0n, fees: 0n, penalties: 0n },
});

function disbursedOf(group: readonly Standing[], sums: readonly CohortSum[], cohort: string): bigint {
  const products = new Set(group.map(({ productId }) => productId));
  return sums
    .filter((sum) => sum.cohort === cohort && products.has(sum.productId))
    .reduce((total, { amount }) => total + amount, 0n);
}

export const ROLL_RATES: ReportDefinition = {
  name: 'roll-rates',
  title: 'Roll rates',
  description:
    'From which range of days past due loans went into which, from one end of a month to the next.',
  about: 'closed months',
  isByProduct: true,
  columns: [
    { key: 'from', label: 'From', type: 'text' },
    { key: 'into', label: 'Into', type: 'text' },
    ...PRODUCT_COLUMNS,
    { key: 'loans', label: 'Loans', type: 'count' },
    { key: 'principal', label: 'Principal at the earlier end', type: 'money' },
  ],
  read: async (tx, { to, productId }) =>
    rowsByKeyAndProduct(tx, await listRollRates(tx, to, productId), {
      keyOf: ({ fromBucket, toBucket }) => `${fromBucket} ${toBucket}`,
      head: (key) => {
        const [from = '', into = ''] = key.split(' ');
        return { from, into };
      },
      row: (group) => ({
        loans: group.reduce((total, { loans }) => total + Number(loans), 0),
        principal: group.reduce((total, { principal }) => total + principal, 0n),
      }),
    }),
};
