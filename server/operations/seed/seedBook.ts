import type { Config } from '../../config.ts';
import type { CivilDate } from '../../domain/date.ts';
import { findBusinessDate, saveBusinessDate } from '../../store/businessDate.ts';
import { insertBucket } from '../../store/configuration/delinquencyBuckets.ts';
import {
  HEAD_OFFICE_ID,
  insertReference,
  type Named,
  type ReferenceTable,
} from '../../store/configuration/references.ts';
import type { Database, Tx } from '../../store/database.ts';
import { insertGlAccount } from '../../store/ledger/glAccounts.ts';
import { insertProduct } from '../../store/loanProducts.ts';
import { currencyNamed } from '../currency.ts';
import { CHART_OF_ACCOUNTS } from './chartOfAccounts.ts';
import { DELINQUENCY, termLoan, walletLoan } from './products.ts';

/** Code values keep the numbers that integrators know; 17 = Other is the contract's. */
const REFERENCES: Readonly<Record<ReferenceTable, readonly Named[]>> = {
  office: [{ id: HEAD_OFFICE_ID, name: 'Head Office', shortName: 'HEAD_OFFICE' }],
  closure_reason: [
    { id: 14n, name: 'Moved away', shortName: 'MOVED_AWAY' },
    { id: 15n, name: 'Deceased', shortName: 'DECEASED' },
    { id: 16n, name: 'Duplicate', shortName: 'DUPLICATE' },
    { id: 17n, name: 'Other', shortName: 'OTHER' },
  ],
  payment_type: [
    { id: 1n, name: 'Mobile money', shortName: 'MOBILE_MONEY' },
    { id: 2n, name: 'Bank transfer', shortName: 'BANK_TRANSFER' },
    { id: 3n, name: 'Cash', shortName: 'CASH' },
  ],
};

/** What a book needs before its first customer. Run at every start: what is there already stays as it is. */
export async function seedBook(db: Database, config: Config): Promise<void> {
  await db.transaction(async (tx) => {
    for (const [table, rows] of Object.entries(REFERENCES))
      for (const row of rows) await insertReference(tx, table as ReferenceTable, { ...row, active: true });
    for (const account of CHART_OF_ACCOUNTS) await insertGlAccount(tx, account);
    await insertBucket(tx, { ...DELINQUENCY, name: 'Standard' });
    const currency = currencyNamed(config.currency);
    const making = { by: null, now: new Date() };
    for (const product of [walletLoan(currency), termLoan(currency)])
      await insertProduct(tx, product, making);
    await seedBusinessDate(tx, config);
  });
}

/** A sandbox starts on its first business date and then goes by hand; a restart does not set it back. */
async function seedBusinessDate(tx: Tx, { mode, businessDate }: Config): Promise<void> {
  if (mode !== 'sandbox' || businessDate === undefined) return;
  if ((await findBusinessDate(tx)) === undefined) await saveBusinessDate(tx, businessDate as CivilDate);
}
