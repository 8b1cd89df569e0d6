/** How a story begins: a customer, and a loan of one of the two seeded products. */
import { expect } from 'vitest';
import { type Loan, LoanbookError } from '../../sdk/client.ts';
import type { World } from '../world.ts';

export type Product = 'WL30' | 'TL12';

let customers = 0;

export async function borrow(
  world: World,
  wanted: { readonly product: Product; readonly principal: number; readonly externalId?: string },
): Promise<Loan> {
  customers += 1;
  const customer = await world.partner.customers.create({ externalId: `customer-${customers}` });
  const loan = { customerId: customer.id, productId: await productId(world, wanted.product) };
  const { principal, externalId } = wanted;
  return world.partner.loans.create({ ...loan, principal, ...(externalId !== undefined && { externalId }) });
}

export async function productId(world: World, shortName: Product): Promise<string> {
  const products = await world.partner.loanProducts.list();
  const found = products.find((product) => product.shortName === shortName);
  expect(found, `product ${shortName}`).toBeDefined();
  return found?.id ?? '';
}

/** Pays on the clock's date. */
export const pay = (world: World, loan: { readonly id: string }, amount: number) =>
  world.partner.repayments.create(loan.id, { transactionAmount: amount });

/** One installment of the schedule; 0 is the disbursement. */
export function row(loan: Loan, period: number) {
  const found = loan.repaymentSchedule.find((each) => each.period === period);
  if (!found) throw new Error(`the schedule has no period ${period}`);
  return found;
}

/** What a call was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<LoanbookError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LoanbookError);
  return error as LoanbookError;
}
