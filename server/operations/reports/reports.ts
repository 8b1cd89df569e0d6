/** All reports. What each figure means: docs/reports.md. */
import type { ReportDefinition } from './definition.ts';
import { BALANCE_SHEET, INCOME_STATEMENT, TRIAL_BALANCE } from './ledgerReports.ts';
import { COLLECTIONS, DISBURSEMENTS, LOSSES } from './movementReports.ts';
import { AGEING, PORTFOLIO_AT_RISK, PORTFOLIO_SUMMARY, ROLL_RATES, VINTAGES } from './portfolioReports.ts';

export const REPORTS: readonly ReportDefinition[] = [
  PORTFOLIO_SUMMARY,
  PORTFOLIO_AT_RISK,
  AGEING,
  VINTAGES,
  ROLL_RATES,
  COLLECTIONS,
  DISBURSEMENTS,
  LOSSES,
  TRIAL_BALANCE,
  INCOME_STATEMENT,
  BALANCE_SHEET,
];
