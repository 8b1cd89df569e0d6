/** The sections of the configuration as they stand in the book, entry by entry. */
import { readWorkingDays } from '../../operations/configuration/calendar.ts';
import { listHolidays } from '../../store/configuration/calendar.ts';
import { listCharges } from '../../store/configuration/charges.ts';
import { listBuckets } from '../../store/configuration/delinquencyBuckets.ts';
import { listReferences, type ReferenceTable } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { listGlAccounts } from '../../store/ledger/glAccounts.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { statedProduct } from '../products/answers.ts';
import { statedCharge } from '../products/chargeFields.ts';
import { bucketOut } from './delinquencyBuckets.ts';
import { type Document, type Entry, SECTIONS, type SectionName } from './document.ts';
import { statedHoliday } from './holidays.ts';
import { workingDaysOut } from './workingDays.ts';

export const TABLES = {
  offices: 'office',
  paymentTypes: 'payment_type',
  closureReasons: 'closure_reason',
} as const satisfies Partial<Record<SectionName, ReferenceTable>>;

const referencesOf =
  (table: ReferenceTable) =>
  async (tx: Tx): Promise<Entry[]> =>
    (await listReferences(tx, table)).map(({ shortName, name, active }) => ({ shortName, name, active }));

const READERS: Readonly<Record<SectionName, (tx: Tx) => Promise<Entry[]>>> = {
  glAccounts: async (tx) =>
    (await listGlAccounts(tx)).map(({ code, name, type, active }) => ({ glCode: code, name, type, active })),
  offices: referencesOf(TABLES.offices),
  paymentTypes: referencesOf(TABLES.paymentTypes),
  closureReasons: referencesOf(TABLES.closureReasons),
  workingDays: async (tx) => [{ calendar: 'STANDARD', ...workingDaysOut(await readWorkingDays(tx)) }],
  holidays: async (tx) => {
    const [holidays, offices] = await Promise.all([listHolidays(tx), listReferences(tx, 'office')]);
    return holidays.map((each) => statedHoliday(each, offices));
  },
  delinquencyBuckets: async (tx) =>
    (await listBuckets(tx)).map((bucket) => {
      const { version: _version, ...entry } = bucketOut(bucket);
      return entry;
    }),
  charges: async (tx) =>
    (await listCharges(tx)).map((charge) => ({ ...statedCharge(charge), active: charge.active })),
  loanProducts: async (tx) =>
    (await listProducts(tx)).map((product) => ({ ...statedProduct(product), status: product.status })),
};

export const readSection = (tx: Tx, section: SectionName): Promise<Entry[]> => READERS[section](tx);

export async function readDocument(tx: Tx): Promise<Document> {
  const sections = await Promise.all(
    SECTIONS.map(async (section) => [section, await readSection(tx, section)]),
  );
  return Object.fromEntries(sections) as Document;
}
