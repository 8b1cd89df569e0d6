/** The configuration as one document: exported, compared, applied whole or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';
import { type Caller, callerOf, expectRefusal } from './calls.ts';

let world: World;
let other: World;
let api: Caller;

beforeAll(async () => {
  world = await makeWorld();
  other = await makeWorld();
  api = callerOf(world);
});
afterAll(async () => {
  await world.close();
  await other.close();
});

const operator = { as: 'operator' } as const;

type Configuration = Awaited<ReturnType<World['operator']['configuration']['export']>>;

/** Something of every kind, each naming those before it. */
const extended: Configuration = {
  glAccounts: [{ glCode: '1010', name: 'Agent float', type: 'asset' }],
  offices: [{ shortName: 'ARUSHA', name: 'Arusha' }],
  paymentTypes: [{ shortName: 'AGENT', name: 'Agent' }],
  closureReasons: [{ shortName: 'ABROAD', name: 'Moved abroad', active: false }],
  delinquencyBuckets: [
    {
      code: 'WEEKLY',
      name: 'Weekly',
      ranges: [
        { code: 'W1', name: 'first week', minDays: 1, maxDays: 7 },
        { code: 'W2', name: 'later', minDays: 8 },
      ],
    },
  ],
  charges: [
    {
      code: 'LATE',
      name: 'Late fee',
      chargeTimeType: 'Overdue installment',
      chargeCalculationType: '% of amount',
      amount: 1.5,
      penalty: true,
      feeInterval: 7,
      feeFrequencyType: 'Days',
    },
  ],
  loanProducts: [
    {
      name: 'Weekly loan',
      shortName: 'WEEKLY',
      principal: 100_000,
      numberOfRepayments: 8,
      repaymentEvery: 1,
      repaymentFrequencyType: 'Weeks',
      interestRatePerPeriod: 12.5,
      interestRateFrequencyType: 'Per year',
      scheduleType: 'Progressive',
      delinquencyBucket: 'WEEKLY',
      charges: ['LATE'],
      fundSourceByPaymentType: { AGENT: '1010' },
      offeredFromDate: '2025-01-01',
    },
  ],
};

describe('the exported configuration', () => {
  it('holds all that a book starts with, by names', async () => {
    const document = await world.operator.configuration.export();
    expect(document.offices).toEqual([{ shortName: 'HEAD_OFFICE', name: 'Head Office', active: true }]);
    expect(document.loanProducts?.map(({ shortName }) => shortName)).toEqual(['WL30', 'TL12']);
    expect(JSON.stringify(document)).not.toContain('"id"');
  });

  it('changes nothing where it comes from', async () => {
    const configuration = await world.operator.configuration.export();
    const versions = (await world.partner.loanProducts.list()).map(({ version }) => version);
    const found = await world.operator.configuration.apply({ configuration });
    expect(found).toEqual({ applied: true, changes: [], unnamed: [] });
    expect((await world.partner.loanProducts.list()).map(({ version }) => version)).toEqual(versions);
  });

  it('is for operators', async () => {
    expectRefusal(await api.get('/v1/configuration', { as: 'admin' }), '403 permission_denied');
    expectRefusal(await api.post('/v1/configuration', {}, { as: 'admin' }), '403 permission_denied');
  });
});

describe('a document that is applied', () => {
  it('tells beforehand what it does, does it, and then has nothing to do', async () => {
    const { configuration } = world.operator;
    const before = await configuration.export();
    const dry = await configuration.apply({ configuration: extended, dryRun: true });
    expect(dry.applied).toBe(false);
    expect(await configuration.export()).toEqual(before);
    const done = await configuration.apply({ configuration: extended });
    expect(done).toEqual({ ...dry, applied: true });
    expect(done.changes.map(({ action, section, name }) => `${action} ${section} ${name}`)).toEqual([
      'create glAccounts 1010',
      'create offices ARUSHA',
      'create paymentTypes AGENT',
      'create closureReasons ABROAD',
      'create delinquencyBuckets WEEKLY',
      'create charges LATE',
      'create loanProducts WEEKLY',
    ]);
    expect(done.unnamed).toContainEqual({ section: 'loanProducts', name: 'TL12' });
    expect(await configuration.apply({ configuration: extended })).toMatchObject({ changes: [] });
  });

  it('makes another book the same', async () => {
    const document = await world.operator.configuration.export();
    await other.operator.configuration.apply({ configuration: document });
    expect(await other.operator.configuration.export()).toEqual(document);
  });

  it('says field by field what changes, and follows what an entry leaves out', async () => {
    const [charge] = extended.charges ?? [];
    if (!charge) throw new Error('the document has a charge');
    const { feeInterval: _interval, feeFrequencyType: _unit, ...once } = charge;
    const found = await world.operator.configuration.apply({
      configuration: { charges: [{ ...once, amount: 2 }] },
      dryRun: true,
    });
    expect(found.changes).toEqual([
      {
        section: 'charges',
        name: 'LATE',
        action: 'update',
        fields: [
          { field: 'amount', before: 1.5, after: 2 },
          { field: 'feeInterval', before: 7 },
          { field: 'feeFrequencyType', before: 'Days' },
        ],
      },
    ]);
  });

  it('switches off what nothing needs any more once it is applied', async () => {
    const { configuration } = other.operator;
    const document = await configuration.export();
    const withoutLate: Configuration = {
      charges: (document.charges ?? []).map((each) => ({ ...each, active: false })),
      loanProducts: (document.loanProducts ?? []).map((each) =>
        each.shortName === 'WEEKLY' ? { ...each, charges: [], status: 'inactive' } : each,
      ),
      glAccounts: (document.glAccounts ?? []).map((each) =>
        each.glCode === '1010' ? { ...each, active: false } : each,
      ),
    };
    await configuration.apply({ configuration: withoutLate });
    expect(await configuration.export()).toMatchObject(withoutLate);
    const back = await configuration.apply({ configuration: document });
    expect(back.changes.map(({ name }) => name)).toEqual(['1010', 'LATE', 'WEEKLY']);
    expect(await configuration.export()).toEqual(document);
  });

  it('is refused with the faults of every entry, and changes nothing', async () => {
    const before = await world.operator.configuration.export();
    const [charge] = extended.charges ?? [];
    const [product] = extended.loanProducts ?? [];
    const reply = await api.post(
      '/v1/configuration',
      {
        configuration: {
          offices: [{ shortName: 'DODOMA', name: 'Dodoma' }],
          glAccounts: [
            { glCode: '1100', name: 'Loan portfolio', type: 'income' },
            { glCode: '1000', name: 'Cash', type: 'asset', active: true },
          ],
          charges: [{ ...charge, penalty: false, amount: 0 }],
          loanProducts: [
            { ...product, minPrincipal: 200_000, delinquencyBucket: 'MONTHLY' },
            { ...product, shortName: 'TWIN' },
          ],
        },
      },
      operator,
    );
    expectRefusal(reply, '400 invalid_argument');
    const faults: { field: string; error: string }[] = JSON.parse(reply.body.message);
    expect(Object.fromEntries(faults.map(({ field, error }) => [field, error]))).toEqual({
      'glAccounts.1100.type': 'is of type asset, for ever',
      'charges.LATE.amount': 'must be greater than 0',
      'charges.LATE.penalty': 'must be true for a charge on overdue installments',
      'loanProducts.WEEKLY.principal': 'must be at least minPrincipal',
      'loanProducts.WEEKLY.delinquencyBucket': 'no bucket MONTHLY',
      'loanProducts.TWIN': 'another loan product has the name Weekly loan',
    });
    expect(await world.operator.configuration.export()).toEqual(before);
  });

  it('is refused when it names a thing twice, or holds an unknown section', async () => {
    const office = { shortName: 'MBEYA', name: 'Mbeya' };
    const twice = await api.post(
      '/v1/configuration',
      { configuration: { offices: [office, office] } },
      operator,
    );
    expectRefusal(twice, '400 invalid_argument', 'offices.MBEYA');
    const unknown = await api.post('/v1/configuration', { configuration: { colours: [] } }, operator);
    expectRefusal(unknown, '400 invalid_argument', 'configuration.colours');
  });

  it('is one act under an idempotency key, told briefly by the audit trail', async () => {
    const asked = { configuration: { offices: [{ shortName: 'TANGA', name: 'Tanga' }] } };
    const extras = { ...operator, headers: { 'idempotency-key': 'config-1' } };
    const first = await api.post('/v1/configuration', asked, extras);
    const again = await api.post('/v1/configuration', asked, extras);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { items } = await world.operator.audit.list({ operation: 'applyConfiguration', rows: 1 }).page();
    expect(items[0]).toMatchObject({
      subject: { kind: 'office' },
      after: { shortName: 'TANGA' },
      command: { act: 'apply', sections: { offices: 1, charges: 0 } },
    });
    expect(JSON.stringify(items[0]?.command)).not.toContain('Tanga');
  });
});
