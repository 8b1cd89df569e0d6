/** The contract's section "Loan products", through HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectOk, expectRefusal } from './calls.ts';

let world: World;
let api: Caller;

beforeAll(async () => {
  world = await makeWorld({ businessDate: '2025-01-15' });
  api = callerOf(world);
});
afterAll(() => world.close());

it('lists the two products that a book starts with', async () => {
  const { body } = expectOk(await api.get('/v1/loan-products'));
  expect(Object.keys(body)).toEqual(['items']);
  expect(body.items).toHaveLength(2);
  const [wallet, term] = body.items;
  expect(wallet).toMatchObject({
    currencyCode: 'TZS',
    numberOfRepayments: 1,
    repaymentEvery: 30,
    repaymentFrequencyType: 'Days',
    status: 'active',
  });
  expect(term).toMatchObject({
    id: '2',
    currencyCode: 'TZS',
    principal: 1_200_000,
    minPrincipal: 1_000,
    maxPrincipal: 100_000_000,
    numberOfRepayments: 12,
    repaymentEvery: 1,
    repaymentFrequencyType: 'Months',
    interestRatePerPeriod: 2,
    interestRateFrequencyType: 'Per month',
    amortizationType: 'Equal installments',
    interestType: 'Declining Balance',
    interestCalculationPeriodType: 'Same as repayment period',
    status: 'active',
  });
});

it('gets one product, with the same figures as the list', async () => {
  const [first] = expectOk(await api.get('/v1/loan-products')).body.items;
  expect(expectOk(await api.get(`/v1/loan-products/${first?.id}`)).body).toEqual(first);
});

it('refuses unknown products, malformed ids and strangers', async () => {
  expectRefusal(await api.get('/v1/loan-products/99'), '404 not_found');
  expectRefusal(await api.get('/v1/loan-products/wallet'), '400 invalid_argument', 'product_id');
  expectRefusal(await api.get('/v1/loan-products?page=1'), '400 invalid_argument', 'page');
  expectRefusal(await api.get('/v1/loan-products', { as: 'operator' }), '401 unauthenticated');
});
