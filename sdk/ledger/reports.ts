/** Reports, for operators; and the statement of a loan as a file. */
import type { Answer, Host, Query } from '../call.ts';
import type { CallOptions, DownloadedFile } from '../transport.ts';

const REPORTS = {
  'portfolio-summary': 'reportPortfolioSummary',
  'portfolio-at-risk': 'reportPortfolioAtRisk',
  ageing: 'reportAgeing',
  vintages: 'reportVintages',
  'roll-rates': 'reportRollRates',
  collections: 'reportCollections',
  disbursements: 'reportDisbursements',
  losses: 'reportLosses',
  'trial-balance': 'reportTrialBalance',
  'income-statement': 'reportIncomeStatement',
  'balance-sheet': 'reportBalanceSheet',
} as const;

export type ReportName = keyof typeof REPORTS;
export const REPORT_NAMES = Object.keys(REPORTS) as readonly ReportName[];

type Operation<Name extends ReportName> = (typeof REPORTS)[Name];
export type Report<Name extends ReportName = ReportName> = Answer<Operation<Name>>;
export type ReportQuery<Name extends ReportName = ReportName> = Omit<Query<Operation<Name>>, 'format'>;

export interface Reports {
  read<Name extends ReportName>(
    name: Name,
    query?: ReportQuery<Name>,
    options?: CallOptions,
  ): Promise<Report<Name>>;
  file<Name extends ReportName>(
    name: Name,
    query: ReportQuery<Name> & { readonly format: 'csv' | 'xlsx' },
    options?: CallOptions,
  ): Promise<DownloadedFile>;
}

export const reportsOf = (api: Host): Reports => ({
  read: (name, query, options) => api.get(`/v1/reports/${name}`, query, options) as never,
  file: (name, query, options) => api.file(`/v1/reports/${name}`, { ...query }, options),
});
