/**
 * Puts one entry of a configuration document into the book, by the same operations as the single calls: it is
 * made, or changed to what it says, or left as it is. What an entry switches off is switched off in a second
 * round, when whatever used it has been changed too.
 */

import type { Static } from '@fastify/type-provider-typebox';
import type { GlAccountType } from '../../domain/ledger.ts';
import { Refusal } from '../../domain/refusal.ts';
import {
  activateHoliday,
  addHoliday,
  changeHoliday,
  setWorkingDays,
} from '../../operations/configuration/calendar.ts';
import {
  addBucket,
  type BucketDraft,
  changeBucket,
} from '../../operations/configuration/delinquencyBuckets.ts';
import { addReference, changeReference } from '../../operations/configuration/references.ts';
import { addGlAccount, changeGlAccount } from '../../operations/ledger/glAccounts.ts';
import { addCharge, changeCharge, setChargeActive } from '../../operations/products/charges.ts';
import {
  addProduct,
  type Configuring,
  changeProduct,
  setProductStatus,
} from '../../operations/products/products.ts';
import { listHolidays } from '../../store/configuration/calendar.ts';
import { findCharge } from '../../store/configuration/charges.ts';
import { findBucket } from '../../store/configuration/delinquencyBuckets.ts';
import { listReferences } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { findGlAccount } from '../../store/ledger/glAccounts.ts';
import { listProducts } from '../../store/loanProducts.ts';
import { type GivenCharge, readCharge } from '../products/chargeFields.ts';
import type { GivenProduct } from '../products/fields.ts';
import { readProduct } from '../products/reading.ts';
import { type BucketIn, rangesOf } from './delinquencyBuckets.ts';
import type { Entry, SectionName } from './document.ts';
import { TABLES } from './entries.ts';
import { type HolidayIn, readHoliday } from './holidays.ts';
import { readWorkingWeek, type WorkingDaysIn } from './workingDays.ts';

type Put = (tx: Tx, configuring: Configuring, entry: Entry) => Promise<unknown>;

/** Makes or changes; what is switched off stays on for now. */
export const PUT: Readonly<Record<SectionName, Put>> = {
  glAccounts: (tx, _configuring, entry) => putAccount(tx, entry as unknown as AccountEntry),
  offices: referencesPut('offices'),
  paymentTypes: referencesPut('paymentTypes'),
  closureReasons: referencesPut('closureReasons'),
  workingDays: (tx, _configuring, entry) =>
    setWorkingDays(tx, readWorkingWeek(entry as unknown as Static<typeof WorkingDaysIn>)),
  holidays: (tx, _configuring, entry) => putHoliday(tx, entry),
  delinquencyBuckets: putBucket,
  charges: putCharge,
  loanProducts: putProduct,
};

/** Switches off what its entry says is off. */
export const SWITCH_OFF: Readonly<Partial<Record<SectionName, Put>>> = {
  loanProducts: async (tx, _configuring, { shortName, status }) => {
    const product = (await listProducts(tx)).find((each) => each.shortName === shortName);
    if (product && status === 'inactive') await setProductStatus(tx, product.id, 'inactive');
  },
  charges: async (tx, configuring, { code, active }) => {
    const charge = await findCharge(tx, String(code));
    if (charge && active === false) await setChargeActive(tx, configuring, { id: charge.id, active: false });
  },
  glAccounts: async (tx, _configuring, { glCode, active }) => {
    if (active === false) await changeGlAccount(tx, { code: String(glCode), name: undefined, active: false });
  },
};

interface AccountEntry {
  readonly glCode: string;
  readonly name: string;
  readonly type: GlAccountType;
  readonly active?: boolean;
}

async function putAccount(tx: Tx, { glCode: code, name, type, active = true }: AccountEntry): Promise<void> {
  const account = await findGlAccount(tx, code);
  if (!account) {
    await addGlAccount(tx, { code, name, type });
    return;
  }
  if (account.type !== type)
    throw new Refusal(
      'invalid_argument',
      'gl_account_type_stays',
      `is of type ${account.type}, for ever`,
      'type',
    );
  const isChanged = account.name !== name || (active && !account.active);
  if (isChanged) await changeGlAccount(tx, { code, name, active: active ? true : undefined });
}

function referencesPut(section: keyof typeof TABLES): Put {
  const table = TABLES[section];
  return async (tx, _configuring, entry) => {
    const { shortName, name, active = true } = entry as unknown as ReferenceEntry;
    const reference = (await listReferences(tx, table)).find((each) => each.shortName === shortName);
    if (reference) await changeReference(tx, table, { reference, name, active });
    else await addReference(tx, table, { shortName, name, active });
  };
}

interface ReferenceEntry {
  readonly shortName: string;
  readonly name: string;
  readonly active?: boolean;
}

async function putHoliday(tx: Tx, entry: Entry): Promise<void> {
  const { status = 'active', ...given } = entry as unknown as Static<typeof HolidayIn> & {
    readonly status?: 'pending' | 'active';
  };
  const draft = await readHoliday(tx, given);
  const known = (await listHolidays(tx)).find(({ name }) => name === given.name);
  const put = known ? await changeHoliday(tx, known, draft) : await addHoliday(tx, draft);
  if (put.status === status) return;
  if (status === 'active') await activateHoliday(tx, put);
  else
    throw new Refusal(
      'aborted',
      'holiday_is_active',
      'is active, and stays so until it is deleted',
      'status',
    );
}

async function putBucket(tx: Tx, configuring: Configuring, entry: Entry): Promise<void> {
  const given = entry as unknown as Static<typeof BucketIn>;
  const draft = { code: given.code, name: given.name, ranges: rangesOf(given) };
  const bucket = await findBucket(tx, given.code);
  if (!bucket) await addBucket(tx, draft);
  else if (!isSameBucket(bucket, draft)) await changeBucket(tx, configuring, draft);
}

const isSameBucket = (a: BucketDraft, b: BucketDraft): boolean =>
  a.name === b.name && JSON.stringify(a.ranges.map(rangeText)) === JSON.stringify(b.ranges.map(rangeText));

const rangeText = ({ code, name, minDays, maxDays }: BucketDraft['ranges'][number]) =>
  JSON.stringify([code, name, minDays, maxDays]);

async function putCharge(tx: Tx, configuring: Configuring, entry: Entry): Promise<void> {
  const { active = true, ...given } = entry as unknown as GivenCharge & { readonly active?: boolean };
  const draft = readCharge(given, configuring.book.config.currency);
  const charge = await findCharge(tx, given.code);
  if (!charge) await addCharge(tx, draft);
  else await changeCharge(tx, configuring, { charge, draft: { ...draft, active: active || charge.active } });
}

async function putProduct(tx: Tx, configuring: Configuring, entry: Entry): Promise<void> {
  const { status = 'active', ...given } = entry as unknown as GivenProduct & { readonly status?: string };
  const draft = readProduct(given, configuring.book.config.currency);
  const product = (await listProducts(tx)).find((each) => each.shortName === given.shortName);
  const put = product
    ? await changeProduct(tx, configuring, { product, draft })
    : await addProduct(tx, configuring, draft);
  if (status === 'active') await setProductStatus(tx, put.id, 'active');
}
