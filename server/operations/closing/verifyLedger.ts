/**
 * The ledger at the end of a day, from sums and for the whole book: what the day moved by its totals is what
 * its journal says, and the portfolio accounts hold the principal of all loans. (Every row of the journal is
 * a movement from one account to another, so debits and credits are equal by their form.)
 *
 * An account that plays another role as well controls nothing; of loans that were charged off or refunded
 * the accounts hold what `loanbook verify` reckons, loan by loan.
 */
import type { CivilDate } from '../../domain/date.ts';
import { addDays } from '../../domain/date.ts';
import { formatMoney } from '../../domain/money.ts';
import type { AccountingRule } from '../../domain/terms.ts';
import type { Tx } from '../../store/database.ts';
import {
  listAccountingRules,
  type PrincipalSum,
  sumAccounts,
  sumPrincipal,
  waitForEver,
} from '../../store/ledger/portfolio.ts';
import { holdSnapshot } from '../../store/ledger/verification.ts';
import type { Book } from '../book.ts';
import { currencyNamed } from '../currency.ts';
import type { Finding } from '../verification/finding.ts';
import { totalFaults } from '../verification/verifyRollups.ts';

export function verifyLedger(book: Book, day: CivilDate): Promise<readonly Finding[]> {
  const { currency } = book.config;
  return book.db.bulk.transaction(async (tx) => {
    await holdSnapshot(tx);
    await waitForEver(tx);
    const ofDay = await totalFaults(tx, { after: addDays(day, -1), until: day, currency });
    return [...ofDay, ...(await portfolioFaults(tx, currency))];
  });
}

async function portfolioFaults(tx: Tx, currencyCode: string): Promise<Finding[]> {
  const rules = await listAccountingRules(tx);
  const accounts = portfolioAccounts(rules);
  const principal = principalByAccount(await sumPrincipal(tx));
  const ledger = new Map((await sumAccounts(tx, accounts)).map(({ account, amount }) => [account, amount]));
  const currency = currencyNamed(currencyCode);
  return accounts
    .map((account) => ({ account, is: ledger.get(account) ?? 0n, shall: principal.get(account) ?? 0n }))
    .filter(({ is, shall }) => is !== shall)
    .map(({ account, is, shall }) => ({
      rule: 'control_accounts_hold_the_loans',
      where: `account ${account}`,
      message: `${formatMoney(is, currency)} in the ledger, ${formatMoney(shall, currency)} by all loans`,
    }));
}

/** Those that hold principal and nothing else, whichever product books on them. */
function portfolioAccounts(rules: readonly AccountingRule[]): string[] {
  const posting = rules.filter(({ method }) => method !== 'NONE');
  const others = new Set(posting.flatMap(otherAccounts));
  return [...new Set(posting.map(({ accounts }) => accounts.loanPortfolio))].filter(
    (each) => !others.has(each),
  );
}

const otherAccounts = ({ accounts, fundSourceByPaymentType }: AccountingRule): string[] => [
  ...Object.entries(accounts).flatMap(([role, code]) => (role === 'loanPortfolio' ? [] : [code])),
  ...Object.values(fundSourceByPaymentType),
];

function principalByAccount(sums: readonly PrincipalSum[]): ReadonlyMap<string, bigint> {
  const byAccount = new Map<string, bigint>();
  for (const { accounting, principal } of sums) {
    if (accounting.method === 'NONE') continue;
    const account = accounting.accounts.loanPortfolio;
    byAccount.set(account, (byAccount.get(account) ?? 0n) + principal);
  }
  return byAccount;
}
