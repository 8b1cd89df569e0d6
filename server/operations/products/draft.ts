/** A product as somebody describes it, and the things it names found in the book. */
import type { CivilDate } from '../../domain/date.ts';
import type {
  Bounds,
  ChoosableTerm,
  ProductDefinition,
  ProductLimits,
  ProductTerms,
} from '../../domain/product.ts';
import { accountFaults } from '../../domain/products/accounts.ts';
import { termFaults } from '../../domain/products/soundness.ts';
import { trialFaults } from '../../domain/products/trial.ts';
import { type FieldFault, requireNoFaults } from '../../domain/refusal.ts';
import type { AccountingMethod, AccountRole, DelinquencyBucket } from '../../domain/terms.ts';
import type { Charge } from '../../store/configuration/charges.ts';
import type { ChartAccount } from '../../store/ledger/glAccounts.ts';
import { STANDARD_ACCOUNTING } from '../seed/chartOfAccounts.ts';

/** Accounts, bucket and charges by the names they are known by. */
export interface ProductDraft {
  readonly name: string;
  readonly shortName: string;
  readonly description: string;
  readonly terms: Omit<ProductTerms, 'accounting' | 'delinquencyBucket' | 'overdueCharges'>;
  readonly limits: ProductLimits;
  readonly choosable: readonly ChoosableTerm[];
  readonly offered: Bounds<CivilDate>;
  readonly accounting: {
    readonly method: AccountingMethod;
    readonly accounts: Readonly<Partial<Record<AccountRole, string>>>;
    readonly fundSourceByPaymentType: Readonly<Record<string, string>>;
  };
  readonly delinquencyBucket: string | null;
  readonly charges: readonly string[];
}

/** What a draft may name. */
export interface References {
  readonly accounts: readonly ChartAccount[];
  /** Short names. */
  readonly paymentTypes: readonly string[];
  readonly buckets: readonly DelinquencyBucket[];
  readonly charges: readonly Charge[];
}

export type DefinedProduct = ProductDefinition & Pick<ProductDraft, 'name' | 'shortName' | 'description'>;

/** The whole product, or a refusal that names every field at fault. */
export function definedProduct(draft: ProductDraft, references: References, day: CivilDate): DefinedProduct {
  const { name, shortName, description } = draft;
  const product = { ...definitionOf(draft, references), name, shortName, description };
  const faults = [...referenceFaults(draft, references), ...termFaults(product)];
  requireNoFaults(faults.length > 0 ? faults : trialFaults(product, day), 'product_unsound');
  return product;
}

/** Unknown names are left out here and told by `referenceFaults`. */
function definitionOf(draft: ProductDraft, references: References): ProductDefinition {
  const { limits, choosable, offered, accounting } = draft;
  const charges = draft.charges.flatMap(
    (code) => references.charges.find(({ definition }) => definition.code === code)?.definition ?? [],
  );
  const isOffered = offered.least !== null || offered.most !== null;
  return {
    terms: {
      ...draft.terms,
      delinquencyBucket: references.buckets.find(({ code }) => code === draft.delinquencyBucket) ?? null,
      accounting: { ...accounting, accounts: { ...STANDARD_ACCOUNTING.accounts, ...accounting.accounts } },
    },
    limits,
    choosable: [...new Set(choosable)],
    ...(charges.length > 0 && { charges }),
    ...(isOffered && { offered }),
  };
}

function referenceFaults(draft: ProductDraft, references: References): FieldFault[] {
  const { delinquencyBucket, accounting } = draft;
  const isKnownBucket =
    delinquencyBucket === null || references.buckets.some(({ code }) => code === delinquencyBucket);
  const given = { ...accounting, accounts: { ...STANDARD_ACCOUNTING.accounts, ...accounting.accounts } };
  return [
    ...(isKnownBucket ? [] : [{ field: 'delinquencyBucket', error: `no bucket ${delinquencyBucket}` }]),
    ...draft.charges.flatMap((code, index) => chargeFault(draft, { code, index }, references)),
    ...accountFaults(given, references.accounts),
    ...Object.keys(accounting.fundSourceByPaymentType)
      .filter((shortName) => !references.paymentTypes.includes(shortName))
      .map((shortName) => ({
        field: `fundSourceByPaymentType.${shortName}`,
        error: 'no payment type has this short name',
      })),
  ];
}

function chargeFault(
  { terms, charges }: ProductDraft,
  { code, index }: { readonly code: string; readonly index: number },
  references: References,
): FieldFault[] {
  const field = `charges.${index}`;
  const charge = references.charges.find(({ definition }) => definition.code === code);
  if (!charge) return [{ field, error: `no charge ${code}` }];
  const faults: FieldFault[] = [];
  if (!charge.active) faults.push({ field, error: `${code} is not active` });
  if (charge.currencyCode !== terms.currency.code)
    faults.push({
      field,
      error: `${code} is in ${charge.currencyCode}, the product in ${terms.currency.code}`,
    });
  if (charges.indexOf(code) !== index) faults.push({ field, error: `${code} is named twice` });
  return faults;
}
