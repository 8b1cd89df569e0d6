/**
 * A server for vectors: its settings are those that the vector has set before its first loan, its book is
 * emptied between vectors, its products are made through the API from the terms that a vector gives.
 */
import type { ConfigurationDocument } from '../../sdk/client.ts';
import type { CivilDate } from '../../server/domain/date.ts';
import { saveBusinessDate } from '../../server/store/businessDate.ts';
import { configurationOf, productsOf } from '../conformance/asConfiguration.ts';
import type {
  ConformanceFolder,
  PaymentAllocationJson,
  Step,
  TermsJson,
  Vector,
} from '../conformance/format.ts';
import { makeWorld, type World } from '../world.ts';

/** Before every date of the vectors. */
const BEGINNING = '2000-01-01';

export interface Deployment {
  readonly world: World;
  readonly folder: ConformanceFolder;
  /** Ids of customers and products, by what the vectors call them. */
  readonly customers: Map<string, string>;
  readonly products: Map<string, string>;
  /** Short names of payment types by their ids. */
  readonly paymentTypes: Map<string, string>;
  readonly accounts: Map<string, { readonly name: string; readonly type: string }>;
}

export async function openDeployment(
  folder: ConformanceFolder,
  environment: Readonly<Record<string, string>>,
): Promise<Deployment> {
  const world = await makeWorld({ businessDate: BEGINNING, mode: 'sandbox', environment });
  const { operator, partner } = world;
  const configuration = {
    ...configurationOf({ ...folder, products: {} }),
    ...listsOf(folder),
  } as ConfigurationDocument;
  await operator.configuration.apply({ configuration });
  const { id } = await partner.customers.create({ externalId: 'client-1' });
  const paymentTypes = await operator.paymentTypes.list();
  const accounts = await operator.glAccounts.list();
  return {
    ...{ world, folder, products: new Map() },
    customers: new Map([['client-1', id]]),
    paymentTypes: new Map(paymentTypes.map((each) => [String(each.id), each.shortName ?? ''])),
    accounts: new Map(accounts.map((each) => [each.glCode, { name: each.name, type: each.type }])),
  };
}

/** What all products name between them. */
function listsOf(folder: ConformanceFolder) {
  const { glAccounts, delinquencyBuckets, charges } = configurationOf(folder);
  const { paymentTypes = [] } = folder.settings as unknown as { readonly paymentTypes?: readonly string[] };
  const named = paymentTypes.map((shortName) => ({ shortName, name: shortName.replaceAll('_', ' ') }));
  return { glAccounts, delinquencyBuckets, charges, paymentTypes: named };
}

/** No loans, no closed days, the first date again. What is configured stays. */
export async function emptyBook({ world }: Deployment): Promise<void> {
  await world.db.read.query(
    'truncate loan, close_of_business_run, close_of_business_failure, job_lease cascade',
  );
  await saveBusinessDate(world.db.read, BEGINNING as CivilDate);
}

/** The settings that a vector wants, as the environment of its server; a reason when it can't be had. */
export function environmentOf(vector: Vector): Readonly<Record<string, string>> | string {
  const environment: Record<string, string> = {};
  const firstLoan = vector.steps.findIndex(({ op }) => op === 'create-loan');
  for (const [index, step] of vector.steps.entries()) {
    if (step.op !== 'set-config' && step.op !== 'set-cob-step') continue;
    if (index > firstLoan && index === vector.steps.length - 1) continue; // put back for the case after it
    if (index > firstLoan) return 'a setting changes while loans exist';
    const variable = variableOf(step);
    if (variable === null) return `the setting ${step.key ?? step.step} has no counterpart`;
    Object.assign(environment, variable);
  }
  return Object.fromEntries(Object.entries(environment).filter(([name, value]) => USUAL[name] !== value));
}

/** What is as it is anyway needs no server of its own. */
const USUAL: Readonly<Record<string, string>> = {
  LOANBOOK_CHARGE_ACCRUAL_DATE: 'due-date',
  LOANBOOK_NEXT_DUE_DATE: 'earliest-unpaid-date',
  LOANBOOK_INTEREST_FIRST: 'no',
};

function variableOf(step: Step): Record<string, string> | null {
  const { op, key, value, enabled } = step;
  if (op === 'set-cob-step')
    return enabled === true ? { LOANBOOK_CLOSE_OF_BUSINESS_STEPS: String(step.step) } : {};
  if (key === 'charge-accrual-date') return { LOANBOOK_CHARGE_ACCRUAL_DATE: String(value) };
  if (key === 'next-payment-due-date') return { LOANBOOK_NEXT_DUE_DATE: String(value) };
  if (key === 'is-interest-to-be-recovered-first-when-greater-than-emi')
    return { LOANBOOK_INTEREST_FIRST: value === true ? 'yes' : 'no' };
  return null;
}

/** The product whose loans have these terms, made when it is first asked for. */
export async function productFor(deployment: Deployment, code: string, terms: TermsJson): Promise<string> {
  const { principal: _, expectedDisbursementDate: __, fixedEmiAmount: ___, ...lasting } = terms;
  const key = `${code} ${JSON.stringify(lasting)}`;
  const known = deployment.products.get(key);
  if (known !== undefined) return known;
  const shortName = `${code}-${deployment.products.size + 1}`;
  const { operator, partner } = deployment.world;
  await operator.configuration.apply({
    configuration: productDocument(deployment, { code, shortName, terms }),
  });
  const made = (await partner.loanProducts.list()).find((each) => each.shortName === shortName);
  if (!made) throw new Error(`product ${shortName} was not made`);
  deployment.products.set(key, made.id);
  return made.id;
}

interface Wanted {
  readonly code: string;
  readonly shortName: string;
  readonly terms: TermsJson;
}

function productDocument({ folder }: Deployment, { code, shortName, terms }: Wanted): ConfigurationDocument {
  const product = productsOf(folder).find((each) => each.code === code);
  if (!product) throw new Error(`product ${code} is not known`);
  const { numberOfRepayments, interestRatePerPeriod, multiDisburse } = product;
  const count = terms.numberOfRepayments;
  const hasGrace = terms.graceOnPrincipal + terms.graceOnInterest + terms.graceInterestFree > 0;
  const isAdvanced = terms.strategy === 'advanced-payment-allocation-strategy';
  const varied = {
    ...product,
    ...{ ...terms, principal: product.principal, code: shortName },
    // Where its rate is nothing, the reference lets a progressive loan call itself flat.
    interestType: terms.scheduleType === 'PROGRESSIVE' ? product.interestType : terms.interestType,
    numberOfRepayments: { ...numberOfRepayments, default: count, ...(hasGrace && { min: count }) },
    interestRatePerPeriod: {
      ...interestRatePerPeriod,
      default: terms.interestRatePerPeriod,
      unit: terms.interestRateUnit,
    },
    repaymentFrequency: terms.repaymentFrequencyUnit,
    paymentAllocation: isAdvanced ? rulesOf(product.paymentAllocation ?? [], terms) : [],
    multiDisburse: {
      ...multiDisburse,
      enabled: terms.multiDisburse,
      maxOutstandingBalance: terms.multiDisburse ? terms.maxOutstandingBalance : null,
    },
  };
  const { loanProducts = [] } = configurationOf({ ...folder, products: { [code]: varied } });
  const repaymentStartDateType =
    terms.repaymentStartDateType === 'SUBMITTED_ON_DATE' ? 'Submission date' : 'Disbursement date';
  return { loanProducts: loanProducts.map((each) => ({ ...each, repaymentStartDateType })) };
}

/** With the rules for money beyond what is due that held on the day the loan was made. */
const rulesOf = (rules: readonly PaymentAllocationJson[], { futureInstallmentAllocation }: TermsJson) =>
  rules.map((rule) => ({
    ...rule,
    futureInstallmentAllocationRule:
      futureInstallmentAllocation?.[rule.transactionType] ?? rule.futureInstallmentAllocationRule,
  }));
