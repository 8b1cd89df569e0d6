/** Loan products: made, changed (new loans only), taken from the shelf and put back. */
import type { CivilDate } from '../../domain/date.ts';
import { originateLoan } from '../../domain/life/preview.ts';
import type { Loan } from '../../domain/loan.ts';
import { parseMoney } from '../../domain/money.ts';
import { type ChosenTerms, firstChargesOf, type LoanProduct, termsOfLoan } from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import {
  definitionText,
  findProduct,
  insertProduct,
  listProducts,
  nextProductId,
  updateProduct,
  updateProductStatus,
} from '../../store/loanProducts.ts';
import { type Author, noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { contextOn } from '../loans/changeLoan.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { type DefinedProduct, definedProduct, type ProductDraft } from './draft.ts';
import { readReferences } from './references.ts';

/** Who changes the configuration, and when. */
export interface Configuring {
  readonly book: Book;
  readonly by: Author;
}

export async function requireProduct(tx: Tx, id: bigint): Promise<LoanProduct> {
  const product = await findProduct(tx, id);
  if (product) return product;
  throw new Refusal('not_found', 'product_unknown', `loan product ${id} does not exist`);
}

export async function addProduct(
  tx: Tx,
  configuring: Configuring,
  draft: ProductDraft,
): Promise<LoanProduct> {
  const { book, by } = configuring;
  const defined = await define(tx, book, draft);
  await requireFreeNames(tx, draft, null);
  const product: LoanProduct = { ...defined, id: await nextProductId(tx), status: 'active', version: 1 };
  if (!(await insertProduct(tx, product, { by: by.accountId, now: book.clock.now() })))
    throw nameTaken('another loan product has the name by now');
  noteProduct(tx, null, product);
  return product;
}

/** The next version of a product; the same one when nothing differs. */
export async function changeProduct(
  tx: Tx,
  configuring: Configuring,
  change: { readonly product: LoanProduct; readonly draft: ProductDraft },
): Promise<LoanProduct> {
  const { product, draft } = change;
  const { book, by } = configuring;
  const defined = await define(tx, book, draft);
  if (isSame(product, defined)) return product;
  await requireFreeNames(tx, draft, product.id);
  const { id, status } = product;
  const changed: LoanProduct = { ...defined, id, status, version: product.version + 1 };
  await updateProduct(tx, changed, { by: by.accountId, now: book.clock.now() });
  noteProduct(tx, product, changed);
  return changed;
}

export async function setProductStatus(
  tx: Tx,
  id: bigint,
  status: LoanProduct['status'],
): Promise<LoanProduct> {
  const product = await requireProduct(tx, id);
  if (product.status === status) return product;
  const changed = { ...product, status };
  await updateProductStatus(tx, changed);
  noteProduct(tx, product, changed);
  return changed;
}

async function define(tx: Tx, book: Book, draft: ProductDraft): Promise<DefinedProduct> {
  const [references, day] = await Promise.all([readReferences(tx), readBusinessDate(tx, book)]);
  return definedProduct(draft, references, day);
}

export const isSame = (product: LoanProduct, defined: DefinedProduct): boolean =>
  namesOf(product) === namesOf(defined) && canonical(product) === canonical(defined);

const namesOf = ({ name, shortName, description }: DefinedProduct): string =>
  JSON.stringify([name, shortName, description]);

/** The definition as text, fields in one order whatever way they were put together. */
function canonical(product: DefinedProduct): string {
  return JSON.stringify(sorted(JSON.parse(definitionText(product))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

async function requireFreeNames(tx: Tx, draft: ProductDraft, own: bigint | null): Promise<void> {
  const others = (await listProducts(tx)).filter(({ id }) => id !== own);
  for (const field of ['name', 'shortName'] as const)
    if (others.some((other) => other[field] === draft[field]))
      throw nameTaken(`another loan product has the ${field} ${draft[field]}`);
}

const nameTaken = (message: string): Refusal => new Refusal('aborted', 'product_name_taken', message);

export function noteProduct(tx: Tx, before: LoanProduct | null, after: LoanProduct): void {
  noteChange(tx, {
    kind: 'loanProduct',
    id: after.id,
    version: after.version,
    before: before && factsOf(before),
    after: factsOf(after),
  });
}

const factsOf = (product: LoanProduct) => ({
  name: product.name,
  shortName: product.shortName,
  description: product.description,
  status: product.status,
  version: product.version,
  definition: JSON.parse(definitionText(product)) as unknown,
});

/** A loan of a product that is not in the book. */
export interface DraftPreview {
  readonly draft: ProductDraft;
  readonly principal: number | undefined;
  readonly expectedDisbursementDate: CivilDate | undefined;
  readonly chosen: ChosenTerms;
}

/** The loan that an application for the drafted product would become; nothing is stored. */
export async function previewDraft(
  tx: Tx,
  book: Book,
  asked: DraftPreview,
): Promise<{ readonly state: Loan; readonly businessDate: CivilDate }> {
  const [product, businessDate] = await Promise.all([
    define(tx, book, asked.draft),
    readBusinessDate(tx, book),
  ]);
  const day = asked.expectedDisbursementDate ?? businessDate;
  const { principal: given, chosen } = asked;
  const principal =
    given === undefined
      ? product.limits.principal.standard
      : parseMoney(given, product.terms.currency, 'principal');
  const terms = termsOfLoan(product, { principal, expectedDisbursementDate: day, chosen });
  const application = { terms, submittedOn: day, charges: firstChargesOf(product) };
  const { loan } = originateLoan(application, contextOn(book, day));
  return { state: loan, businessDate };
}
