/**
 * Every product of the conformance folder, made through the API: a loan of it has the terms that the engine
 * is tested with, and the schedule that the engine makes of them.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { date } from '../../server/domain/date.ts';
import { originateLoan } from '../../server/domain/life/preview.ts';
import { toJsonNumber } from '../../server/domain/money.ts';
import { DEFAULT_SETTINGS } from '../../server/domain/terms.ts';
import { findLoan } from '../../server/store/loans/loans.ts';
import { configurationOf, productsOf, standardTermsOf } from '../conformance/asConfiguration.ts';
import { isConformanceFolder, readConformanceFolder } from '../conformance/format.ts';
import { loanTermsOf } from '../conformance/translation.ts';
import { makeWorld, type World } from '../world.ts';

const directory = fileURLToPath(new URL('../../../shared/conformance', import.meta.url));
const folder = isConformanceFolder(directory) ? readConformanceFolder(directory) : null;
const DAY = '2024-01-15';

describe.skipIf(!folder)('products of the conformance folder (skipped when it is absent)', () => {
  let world: World;
  let customerId: string;
  const idOf = new Map<string, string>();

  beforeAll(async () => {
    world = await makeWorld({ businessDate: DAY });
    customerId = (await world.partner.customers.create({ externalId: 'vector' })).id;
    if (!folder) return;
    const configuration = configurationOf(folder);
    await world.operator.configuration.apply({ configuration });
    const again = await world.operator.configuration.apply({ configuration, dryRun: true });
    expect(again.changes).toEqual([]);
    for (const { shortName, id } of await world.partner.loanProducts.list()) idOf.set(shortName, id);
  });
  afterAll(() => world.close());

  for (const product of folder ? productsOf(folder) : [])
    it(product.code, async () => {
      if (!folder) return;
      const terms = loanTermsOf(standardTermsOf(product, DAY), product.code, folder);
      const context = { businessDate: date(DAY), settings: DEFAULT_SETTINGS };
      const { installments } = originateLoan({ terms, submittedOn: date(DAY) }, context).loan;
      const asked = {
        customerId,
        productId: idOf.get(product.code) ?? '',
        principal: product.principal.default,
      };
      const booked = await world.partner.loans.create(asked);
      const money = (amount: bigint) => toJsonNumber(amount, terms.currency);
      const rows = booked.repaymentSchedule.filter(({ period }) => period > 0);
      expect(
        rows.map(({ dueDate, principalDue, interestDue }) => [dueDate, principalDue, interestDue]),
      ).toEqual(
        installments.map(({ due, charged }) => [due, money(charged.principal), money(charged.interest)]),
      );
      const stored = await findLoan(world.db.read, BigInt(booked.id));
      const { overdueCharges = [], ...others } = stored?.state.terms ?? {};
      const { overdueCharges: expected = [], ...wanted } = terms;
      expect(Object.keys(others).sort()).toEqual(Object.keys(wanted).sort());
      // The folder numbers its delinquency ranges besides, which means nothing to a loan.
      expect(wanted).toMatchObject(others);
      expect(overdueCharges).toEqual(expected);
    });
});
