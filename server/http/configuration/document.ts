/** The configuration document: every section may be left out, every entry is whole. */
import { Type } from '@fastify/type-provider-typebox';
import { AccountType } from '../ledger/glAccounts.ts';
import { ChargeIn } from '../products/chargeFields.ts';
import { ProductIn, ProductStatus, ShortName } from '../products/fields.ts';
import { noun } from '../values.ts';
import { BucketIn } from './delinquencyBuckets.ts';
import { HolidayIn } from './holidays.ts';
import { WorkingDaysIn } from './workingDays.ts';

const Active = Type.Optional(Type.Boolean({ description: 'Left out: true', examples: [true] }));
const Name = Type.String({ minLength: 1, maxLength: 200, examples: ['Head Office'] });

const ReferenceEntry = Type.Object({ shortName: ShortName, name: Name, active: Active });
const AccountEntry = Type.Object({
  glCode: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', examples: ['1000'] }),
  name: Name,
  type: AccountType,
  active: Active,
});
const ChargeEntry = Type.Object({ ...ChargeIn.properties, active: Active });
const WorkingDaysEntry = Type.Object({
  calendar: Type.Unsafe<'STANDARD'>({ type: 'string', enum: ['STANDARD'], description: 'There is one' }),
  ...WorkingDaysIn.properties,
});
const HolidayEntry = Type.Object({
  ...HolidayIn.properties,
  status: Type.Optional(
    Type.Unsafe<'pending' | 'active'>({
      type: 'string',
      enum: ['pending', 'active'],
      description: 'Left out: active',
    }),
  ),
});
const ProductEntry = Type.Object({ ...ProductIn.properties, status: Type.Optional(ProductStatus) });

const section = <Entry extends Parameters<typeof Type.Array>[0]>(entry: Entry) =>
  Type.Optional(Type.Array(entry, { maxItems: 2000 }));

export const ConfigurationDocument = noun(
  'Configuration',
  {
    glAccounts: section(AccountEntry),
    offices: section(ReferenceEntry),
    paymentTypes: section(ReferenceEntry),
    closureReasons: section(ReferenceEntry),
    workingDays: section(WorkingDaysEntry),
    holidays: section(HolidayEntry),
    delinquencyBuckets: section(BucketIn),
    charges: section(ChargeEntry),
    loanProducts: section(ProductEntry),
  },
  {
    glAccounts: [{ glCode: '5400', name: 'Bank charges', type: 'expense', active: true }],
    offices: [{ shortName: 'ARUSHA', name: 'Arusha' }],
    charges: [
      {
        code: 'LATE_FEE',
        name: 'Late fee',
        chargeTimeType: 'Overdue installment',
        chargeCalculationType: '% of amount',
        amount: 1.5,
        penalty: true,
      },
    ],
  },
);

/** An entry as it stands in a document. */
export type Entry = Readonly<Record<string, unknown>>;
export type SectionName = keyof typeof ConfigurationDocument.properties;
export type Document = { readonly [Name in SectionName]?: readonly Entry[] | undefined };

/** In this order entries may name those of sections before them. */
export const SECTIONS: readonly SectionName[] = [
  'glAccounts',
  'offices',
  'paymentTypes',
  'closureReasons',
  'workingDays',
  'holidays',
  'delinquencyBuckets',
  'charges',
  'loanProducts',
];

const KEYS: Readonly<Record<SectionName, string>> = {
  glAccounts: 'glCode',
  offices: 'shortName',
  paymentTypes: 'shortName',
  closureReasons: 'shortName',
  workingDays: 'calendar',
  holidays: 'name',
  delinquencyBuckets: 'code',
  charges: 'code',
  loanProducts: 'shortName',
};

/** What an entry is known by, in its section. */
export const nameOf = (section: SectionName, entry: Entry): string => String(entry[KEYS[section]]);
