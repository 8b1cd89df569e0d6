/**
 * Whether a product posts to accounts that can play their roles: each exists, is active, and is of a type
 * that fits (a portfolio is an asset, what customers overpaid is a debt of ours).
 *
 *   loanPortfolio mapped to an income account: `accounts.loanPortfolio: 4100 is income, must be asset`
 *
 * Source: engine.md section 8.
 */
import type { GlAccount, GlAccountType } from '../ledger.ts';
import type { FieldFault } from '../refusal.ts';
import type { AccountingRule, AccountRole } from '../terms.ts';

const CLEARING: readonly GlAccountType[] = ['asset', 'liability'];
const LOSS: readonly GlAccountType[] = ['expense', 'income'];

const FITTING: Readonly<Record<AccountRole, readonly GlAccountType[]>> = {
  fundSource: CLEARING,
  loanPortfolio: ['asset'],
  transfersInSuspense: CLEARING,
  interestReceivable: ['asset'],
  feeReceivable: ['asset'],
  penaltyReceivable: ['asset'],
  interestIncome: ['income'],
  feeIncome: ['income'],
  penaltyIncome: ['income'],
  recoveryIncome: LOSS,
  writeOff: LOSS,
  overpayment: ['liability'],
  goodwillCredit: LOSS,
  goodwillInterest: LOSS,
  goodwillFee: LOSS,
  goodwillPenalty: LOSS,
  chargeOffExpense: LOSS,
  chargeOffFraudExpense: LOSS,
  chargeOffInterest: LOSS,
  chargeOffFee: LOSS,
  chargeOffPenalty: LOSS,
};

export type Chart = readonly (GlAccount & { readonly active: boolean })[];

/** Faults of the accounts that a product names; a product without accounting posts to none. */
export function accountFaults(accounting: AccountingRule, chart: Chart): FieldFault[] {
  if (accounting.method === 'NONE') return [];
  const roles = Object.entries(accounting.accounts) as [AccountRole, string][];
  return [
    ...roles.flatMap(([role, code]) => faultsOf(`accounts.${role}`, { code, fitting: FITTING[role] }, chart)),
    ...Object.entries(accounting.fundSourceByPaymentType).flatMap(([shortName, code]) =>
      faultsOf(`fundSourceByPaymentType.${shortName}`, { code, fitting: CLEARING }, chart),
    ),
  ];
}

function faultsOf(
  field: string,
  { code, fitting }: { readonly code: string; readonly fitting: readonly GlAccountType[] },
  chart: Chart,
): FieldFault[] {
  const account = chart.find((each) => each.code === code);
  if (!account) return [{ field, error: `GL account ${code} does not exist` }];
  if (!account.active) return [{ field, error: `GL account ${code} is not active` }];
  if (fitting.includes(account.type)) return [];
  return [{ field, error: `GL account ${code} is of type ${account.type}, must be ${fitting.join(' or ')}` }];
}
