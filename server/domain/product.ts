/**
 * Loan products: the terms a lender offers, the bounds within which a loan may choose, and which terms it
 * may choose at all. A loan takes a copy of the terms, so a product may change while its loans may not.
 *
 *   product: 12 months, 5 to 24 allowed; application: principal 500,000 and 6 repayments
 *   -> terms of the loan: those of the product with principal 500,000, 6 repayments, term 6 months
 *
 * Source: contract "Loan products" and "Loans"; engine.md section 10 ("create").
 */
import { Decimal } from 'decimal.js';
import type { ChargeDefinition } from './charge.ts';
import type { CivilDate } from './date.ts';
import { type Currency, formatMoney, type Money } from './money.ts';
import { Refusal } from './refusal.ts';
import type { DecimalText, LoanTerms } from './terms.ts';

/** Terms that come with each loan; all others are the product's. */
type TermsOfLoanOnly =
  | 'principal'
  | 'expectedDisbursementDate'
  | 'firstRepaymentDate'
  | 'termFrequency'
  | 'termFrequencyUnit'
  | 'interestChargedFrom'
  | 'fixedInstallmentAmount';

export type ProductTerms = Omit<LoanTerms, TermsOfLoanOnly>;

/** From the least to the most; null = no bound. */
export interface Bounds<Value> {
  readonly least: Value | null;
  readonly most: Value | null;
}

export interface ProductLimits {
  readonly principal: Bounds<Money> & { readonly standard: Money };
  readonly numberOfRepayments: Bounds<number>;
  readonly interestRatePerPeriod: Bounds<DecimalText>;
}

/** Terms that a product may leave to the loan. */
export const CHOOSABLE_TERMS = [
  'numberOfRepayments',
  'repaymentEvery',
  'repaymentFrequencyUnit',
  'interestRatePerPeriod',
  'interestType',
  'amortization',
  'interestCalculationPeriod',
  'graceOnPrincipal',
  'graceOnInterest',
  'graceInterestFree',
  'firstRepaymentDate',
  'interestChargedFrom',
] as const satisfies readonly (keyof LoanTerms)[];
export type ChoosableTerm = (typeof CHOOSABLE_TERMS)[number];
export type ChosenTerms = { readonly [Term in ChoosableTerm]?: NonNullable<LoanTerms[Term]> | undefined };

export interface ProductDefinition {
  readonly terms: ProductTerms;
  readonly limits: ProductLimits;
  /** What a loan may choose within the limits; everything else is as the product says. */
  readonly choosable: readonly ChoosableTerm[];
  /** Fees and penalties of every loan of the product; absent = none. */
  readonly charges?: readonly ChargeDefinition[];
  /** Days between which loans may be applied for; absent = always. */
  readonly offered?: Bounds<CivilDate>;
}

export interface LoanProduct extends ProductDefinition {
  readonly id: bigint;
  readonly name: string;
  readonly shortName: string;
  readonly description: string;
  readonly status: 'active' | 'inactive';
  readonly version: number;
}

/** What an application says about the terms. */
export interface TermsApplication {
  readonly principal: Money;
  readonly expectedDisbursementDate: CivilDate;
  readonly chosen: ChosenTerms;
}

/** The terms of a loan made from the product, all limits checked. */
export function termsOfLoan(product: ProductDefinition, application: TermsApplication): LoanTerms {
  const { principal, expectedDisbursementDate, chosen } = application;
  requireChoosable(product, chosen);
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  // New fields before the spreads: behind them they would give each loan's terms a hidden class of their own.
  const merged = {
    firstRepaymentDate: null,
    interestChargedFrom: null,
    fixedInstallmentAmount: null,
    ...product.terms,
    ...given,
  };
  const terms: LoanTerms = {
    principal,
    expectedDisbursementDate,
    termFrequency: merged.numberOfRepayments * merged.repaymentEvery,
    termFrequencyUnit: merged.repaymentFrequencyUnit,
    ...overdueChargesOf(product),
    ...merged,
  };
  requireLimits(terms, product.limits);
  requireGraceWithin(terms);
  requireDates(terms);
  return terms;
}

/** Penalties that close of business raises are part of a loan's terms. */
function overdueChargesOf({ charges = [] }: ProductDefinition): Pick<LoanTerms, 'overdueCharges'> {
  const overdueCharges = charges.filter(({ time }) => time === 'OVERDUE');
  return overdueCharges.length > 0 ? { overdueCharges } : {};
}

/** Fees that a loan of the product begins with, whatever its application says. */
export const firstChargesOf = ({ charges = [] }: ProductDefinition): { definition: ChargeDefinition }[] =>
  charges
    .filter(({ time }) => time !== 'OVERDUE' && time !== 'SPECIFIED_DUE_DATE')
    .map((definition) => ({ definition }));

/** Those of every loan that fall due on a day of its own, which its application has to name. */
export const datedChargesOf = ({ charges = [] }: ProductDefinition): ChargeDefinition[] =>
  charges.filter(({ time }) => time === 'SPECIFIED_DUE_DATE');

/** `named` are the codes of the charges that the application names with their days. */
export function requireDatedCharges(product: ProductDefinition, named: readonly string[]): void {
  const left = datedChargesOf(product).filter(({ code }) => !named.includes(code));
  if (left.length === 0) return;
  const codes = left.map(({ code }) => code).join(', ');
  const message = `every loan of the product has ${codes}, due on a day of its own: name it with its dueDate`;
  throw new Refusal('invalid_argument', 'charge_date_needed', message, 'charges');
}

/** The product is offered on the day of the application. */
export function requireOffered({ offered }: ProductDefinition, submittedOn: CivilDate): void {
  if (offered === undefined || !outside(submittedOn, offered, compareTexts)) return;
  const allowed = textOf(offered, String);
  const message = `Loan product is not offered on ${submittedOn}: the day must be ${allowed}`;
  throw new Refusal('permission_denied', 'product_not_offered', message);
}

/** Principal, number of repayments and rate lie within the product's limits. */
export function requireLimits(terms: LoanTerms, limits: ProductLimits): void {
  const { principal, numberOfRepayments, interestRatePerPeriod } = limits;
  if (outside(terms.principal, principal, compareNumbers))
    throw beyond(
      'principal',
      textOf(principal, (amount) => formatMoney(amount, terms.currency)),
    );
  if (outside(terms.numberOfRepayments, numberOfRepayments, compareNumbers))
    throw beyond('numberOfRepayments', textOf(numberOfRepayments, String));
  if (outside(terms.interestRatePerPeriod, interestRatePerPeriod, compareDecimals))
    throw beyond('interestRatePerPeriod', textOf(interestRatePerPeriod, String));
}

/** Amounts of a product as its currency writes them. */
export const currencyOf = (product: ProductDefinition): Currency => product.terms.currency;

function requireChoosable(product: ProductDefinition, chosen: ChosenTerms): void {
  for (const term of CHOOSABLE_TERMS) {
    const isGiven = chosen[term] !== undefined;
    if (!isGiven || product.choosable.includes(term) || chosen[term] === standardOf(product, term)) continue;
    throw new Refusal('invalid_argument', 'term_fixed_by_product', 'is fixed by the product', term);
  }
}

const standardOf = (product: ProductDefinition, term: ChoosableTerm): unknown =>
  term in product.terms ? product.terms[term as keyof ProductTerms] : undefined;

/** At least one installment must carry what grace puts off. */
function requireGraceWithin(terms: LoanTerms): void {
  const graces = [
    ['graceOnPrincipalPayment', terms.graceOnPrincipal],
    ['graceOnInterestPayment', terms.graceOnInterest],
    ['graceOnInterestCharged', terms.graceInterestFree],
  ] as const;
  for (const [field, grace] of graces)
    if (grace > 0 && grace >= terms.numberOfRepayments)
      throw new Refusal(
        'invalid_argument',
        'grace_too_long',
        `must be less than the number of repayments (${terms.numberOfRepayments})`,
        field,
      );
}

function requireDates(terms: LoanTerms): void {
  const { expectedDisbursementDate: start, firstRepaymentDate, interestChargedFrom } = terms;
  if (firstRepaymentDate !== null && firstRepaymentDate <= start)
    throw new Refusal(
      'invalid_argument',
      'first_repayment_too_early',
      'must be after the disbursement',
      'firstRepaymentDate',
    );
  if (interestChargedFrom !== null && interestChargedFrom < start)
    throw new Refusal(
      'invalid_argument',
      'interest_before_disbursement',
      'must not be before the disbursement',
      'interestChargedFromDate',
    );
}

function outside<Value>(
  value: Value,
  { least, most }: Bounds<Value>,
  compare: (a: Value, b: Value) => number,
): boolean {
  return (least !== null && compare(value, least) < 0) || (most !== null && compare(value, most) > 0);
}

const compareNumbers = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareDecimals = (a: DecimalText, b: DecimalText): number => new Decimal(a).comparedTo(b);

function textOf<Value>({ least, most }: Bounds<Value>, write: (value: Value) => string): string {
  if (least === null) return most === null ? 'anything' : `at most ${write(most)}`;
  return most === null ? `at least ${write(least)}` : `between ${write(least)} and ${write(most)}`;
}

const beyond = (field: string, allowed: string): Refusal =>
  new Refusal('invalid_argument', 'outside_product_limits', `must be ${allowed} for this product`, field);
