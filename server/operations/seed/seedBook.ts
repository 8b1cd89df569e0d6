import type { Config } from '../../config.ts';
import type { CivilDate } from '../../domain/date.ts';
import { findBusinessDate, saveBusinessDate } from '../../store/businessDate.ts';
import type { Database, Tx } from '../../store/database.ts';
import { insertGlAccount } from '../../store/ledger/glAccounts.ts';
import { insertProduct } from '../../store/loanProducts.ts';
import {
  HEAD_OFFICE_ID,
  insertClosureReason,
  insertOffice,
  insertPaymentType,
} from '../../store/references.ts';
import { currencyNamed } from '../currency.ts';
import { CHART_OF_ACCOUNTS } from './chartOfAccounts.ts';
import { termLoan, walletLoan } from './products.ts';

/** Code values keep the numbers that integrators know; 17 = Other is the contract's. */
const CLOSURE_REASONS = [
  { id: 14n, name: 'Moved away' },
  { id: 15n, name: 'Deceased' },
  { id: 16n, name: 'Duplicate' },
  { id: 17n, name: 'Other' },
];

const PAYMENT_TYPES = [
  { id: 1n, name: 'Mobile money' },
  { id: 2n, name: 'Bank transfer' },
  { id: 3n, name: 'Cash' },
];

/** What a book needs before its first customer. Run at every start: what is there already stays as it is. */
export async function seedBook(db: Database, config: Config): Promise<void> {
  await db.transaction(async (tx) => {
    await insertOffice(tx, { id: HEAD_OFFICE_ID, name: 'Head Office' });
    for (const reason of CLOSURE_REASONS) await insertClosureReason(tx, reason);
    for (const type of PAYMENT_TYPES) await insertPaymentType(tx, type);
    for (const account of CHART_OF_ACCOUNTS) await insertGlAccount(tx, account);
    const currency = currencyNamed(config.currency);
    for (const product of [walletLoan(currency), termLoan(currency)]) await insertProduct(tx, product);
    await seedBusinessDate(tx, config);
  });
}

/** A sandbox starts on its first business date and then goes by hand; a restart does not set it back. */
async function seedBusinessDate(tx: Tx, { mode, businessDate }: Config): Promise<void> {
  if (mode !== 'sandbox' || businessDate === undefined) return;
  if ((await findBusinessDate(tx)) === undefined) await saveBusinessDate(tx, businessDate as CivilDate);
}
