/** Imports: what is taken over equals what the same calls one by one would have made. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBook } from '../audit.ts';
import { makeWorld, type World } from '../world.ts';
import { callerOf, expectRefusal } from './calls.ts';

const TODAY = '2025-06-30';
let world: World;
beforeAll(async () => {
  world = await makeWorld({ businessDate: TODAY });
});
afterAll(() => world?.close());

interface Repayment {
  readonly transactionAmount: number;
  readonly transactionDate: string;
  readonly externalId?: string;
  readonly paymentTypeId?: string;
  readonly receiptNumber?: string;
  readonly note?: string;
}

interface Line {
  readonly externalId: string;
  readonly customerExternalId: string;
  readonly productId: string;
  readonly principal: number;
  readonly [term: string]: unknown;
  readonly repayments?: readonly Repayment[];
}

interface Answer {
  readonly imported: number;
  readonly skipped: number;
  readonly customersMade: number;
  readonly refused: readonly { line: number; externalId?: string; code: string; message: string }[];
}

async function send(
  what: 'loans' | 'customers',
  lines: readonly unknown[],
  more: object = {},
): Promise<Answer> {
  const { status, body } = await callerOf(world).post(`/v1/imports/${what}`, { [what]: lines, ...more });
  expect(status).toBe(200);
  return body as unknown as Answer;
}
const importLoans = (lines: readonly unknown[], more?: object) => send('loans', lines, more);

const line = (externalId: string, more: object = {}): Line => ({
  externalId,
  customerExternalId: `customer of ${externalId}`,
  productId: '1',
  principal: 50_000,
  expectedDisbursementDate: '2025-03-01',
  ...more,
});

/** The same by the calls that partners make. */
async function makeByCalls({ repayments = [], customerExternalId, ...loan }: Line): Promise<void> {
  const since = loan.submittedOnDate ?? loan.expectedDisbursementDate;
  const day = { activationDate: since, submittedDate: since } as { activationDate?: string };
  await world.partner.customers.create({ externalId: customerExternalId, ...day });
  const made = await world.partner.loans.create({ ...loan, customerExternalId } as never);
  for (const repayment of repayments) await world.partner.repayments.create(made.id, repayment);
}

const OWN = ['id', 'loan_id', 'customer_id', 'created_at', 'updated_at', 'recorded_at'];

/** Every row of a loan and its customer, numbers and times apart. */
async function rowsOf(externalId: string): Promise<Record<string, unknown[]>> {
  const [loan] = await world.db.read.query<{ id: bigint; customer_id: bigint }>(
    'select id, customer_id from loan where external_id = $1',
    [externalId],
  );
  const rows: Record<string, unknown[]> = {};
  const read = async (table: string, id: bigint | undefined, column: string): Promise<void> => {
    const found = await world.db.read.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${table} t where ${column} = $1`,
      [id],
    );
    const bare = found.map(({ row }) => JSON.stringify(without(row, OWN)).replaceAll(externalId, 'NAME'));
    rows[table] = bare.sort();
  };
  for (const table of await tablesOfLoans()) await read(table, loan?.id, 'loan_id');
  await read('loan', loan?.id, 'id');
  await read('customer', loan?.customer_id, 'id');
  await read('external_id', loan?.id, "kind = 'loan' and id");
  return rows;
}

/** Events are told of calls only, and keys belong to calls. */
const OF_CALLS = ['loan_event', 'loan_idempotency_key'];

/** Whatever tables there are by now. */
async function tablesOfLoans(): Promise<string[]> {
  const rows = await world.db.read.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where column_name = 'loan_id' and table_schema = current_schema() order by 1`,
  );
  const tables = rows.map(({ name }) => name).filter((name) => !OF_CALLS.includes(name));
  expect(tables).toEqual(expect.arrayContaining(['journal_entry', 'loan_closing', 'loan_transaction']));
  return tables;
}

const without = (row: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const PAID: readonly Repayment[] = [
  { transactionAmount: 20_000, transactionDate: '2025-03-10', externalId: 'first', receiptNumber: 'R-1' },
  {
    transactionAmount: 500.5,
    transactionDate: '2025-03-20',
    paymentTypeId: '2',
    note: 'a\tnote\\with\nmarks',
  },
];

let pairs = 0;

describe('an imported loan', () => {
  it.each<[string, object]>([
    ['a wallet loan', {}],
    ['one that was repaid in parts', { repayments: PAID }],
    ['one that is settled', { repayments: [{ transactionAmount: 55_000, transactionDate: '2025-03-15' }] }],
    ['one that is overpaid', { repayments: [{ transactionAmount: 60_000, transactionDate: '2025-03-15' }] }],
    [
      'twelve installments with terms of its own',
      {
        ...{ productId: '2', principal: 1_200_000, numberOfRepayments: 6, interestRatePerPeriod: 1.5 },
        ...{ submittedOnDate: '2025-01-05', expectedDisbursementDate: '2025-01-15' },
        ...{ firstRepaymentDate: '2025-02-20', graceOnPrincipalPayment: 1, repayments: PAID },
      },
    ],
    [
      'payments whose days go back',
      {
        productId: '2',
        repayments: [
          { transactionAmount: 9_000, transactionDate: '2025-06-01' },
          { transactionAmount: 8_000, transactionDate: '2025-04-01' },
          { transactionAmount: 70_000, transactionDate: '2025-05-01' },
        ],
      },
    ],
    ['one that waits for its approval', { disburse: false, expectedDisbursementDate: '2025-07-01' }],
  ])('equals the same loan made by calls: %s', async (_what, more) => {
    const own = { submittedOnDate: '2025-01-05', ...more };
    // Of the same length and place in the alphabet: words for searching are sorted.
    pairs += 1;
    const [called, imported] = [`aa${pairs}`, `ab${pairs}`];
    await makeByCalls(line(called, own));
    expect(await importLoans([line(imported, own)])).toEqual({
      ...{ imported: 1, skipped: 0, customersMade: 1, refused: [] },
    });
    const expected = await rowsOf(called);
    expect(expected.loan).toHaveLength(1);
    expect(await rowsOf(imported)).toEqual(expected);
  });

  it('is told to nobody, and is in the audit trail with its version and what it came from', async () => {
    await importLoans([line('audited', { repayments: PAID })], { source: 'old.csv' });
    const loan = await world.partner.loans.get({ externalId: 'audited' });
    const { items } = await world.partner.audit.list({ loanId: loan.id }).page();
    expect(items).toMatchObject([
      {
        operation: 'importLoans',
        after: { version: 3, status: 'active' },
        command: { source: 'old.csv', lines: 1, digest: expect.stringMatching(/^[\w-]{43}$/) },
      },
    ]);
    const events = await world.db.read.query('select from loan_event where loan_id = $1', [BigInt(loan.id)]);
    expect(events).toEqual([]);
  });

  it('says when it was taken over, also where an equal line came before', async () => {
    const when = { repayments: PAID.slice(0, 1) };
    for (const name of ['soon', 'later']) {
      await importLoans([line(name, when)]);
      const now = world.clock.now().toISOString();
      const instants = await world.db.read.query<{ at: Date }>(
        `select unnest(array[created_at, updated_at]) as at from loan where external_id = $1
         union all select recorded_at from loan_transaction join loan on loan.id = loan_id where loan.external_id = $1
         union all select recorded_at from journal_entry join loan on id = loan_id where external_id = $1
         union all select recorded_at from audit_entry a join loan on loan.id = place where external_id = $1`,
        [name],
      );
      expect(instants.length).toBeGreaterThan(6);
      expect(new Set(instants.map(({ at }) => at.toISOString()))).toEqual(new Set([now]));
      world.clock.advanceSeconds(90);
    }
  });

  it('goes on living as any other', async () => {
    await importLoans([line('lively', { repayments: PAID })]);
    const paid = await world.partner.repayments.create(
      { externalId: 'lively' },
      { transactionAmount: 40_000 },
    );
    const loan = await world.partner.loans.get({ externalId: 'lively' });
    expect([paid.amount, loan.status]).toEqual([40_000, 'Overpaid']);
    await expect(
      world.partner.loans.create({ customerExternalId: 'customer of lively', ...lean, externalId: 'lively' }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

const lean = { productId: '1', principal: 50_000 };

describe('lines', () => {
  it('are refused one by one, by number and with the reason; the others are stored', async () => {
    const closed = await world.partner.customers.create({
      externalId: 'is closed',
      activationDate: '2025-01-01',
    });
    await world.partner.customers.close(closed.id, { closureDate: '2025-02-01', closureReasonId: '17' });
    const answer = await importLoans([
      line('good 1'),
      line('bad principal', { principal: 1 }),
      line('bad product', { productId: '99' }),
      line('bad date', { expectedDisbursementDate: '2025-02-30' }),
      { externalId: 'nothing else' },
      'not even an object',
      line('good 1'),
      line('of closed', { customerExternalId: 'is closed' }),
      line('unknown id', { customerExternalId: undefined, customerId: 999_999 }),
      line('future payment', { repayments: [{ transactionAmount: 1, transactionDate: '2025-07-01' }] }),
      line('bad payment', { repayments: [{ transactionAmount: -1, transactionDate: '2025-03-02' }] }),
      line('twice', { repayments: [PAID[0], PAID[0]] }),
      line('bad type', { repayments: [{ ...PAID[0], paymentTypeId: 'shells' }] }),
      line('unknown field', { colour: 'red' }),
      line('good 2'),
    ]);
    expect(answer).toMatchObject({ imported: 2, skipped: 0, customersMade: 2 });
    expect(
      answer.refused.map((each) => `${each.line} ${each.externalId} ${each.code}: ${each.message}`),
    ).toEqual([
      '2 bad principal invalid_argument: principal: must be between 1000.00 and 5000000.00 for this product',
      '3 bad product not_found: no such loan product',
      expect.stringMatching(/^4 bad date invalid_argument: expectedDisbursementDate: /),
      expect.stringMatching(/^5 nothing else invalid_argument: .*principal: is required/),
      expect.stringMatching(/^6 undefined invalid_argument: line: must be an object/),
      '7 good 1 aborted: another line of this call has this externalId',
      '8 of closed aborted: Customer is not active',
      '9 unknown id not_found: no such customer',
      '10 future payment permission_denied: The date 2025-07-01 is after the business date 2025-06-30',
      expect.stringMatching(/^11 bad payment invalid_argument: repayments.0.transactionAmount: /),
      '12 twice aborted: another repayment of this line has this externalId',
      '13 bad type invalid_argument: paymentTypeId: unknown payment type',
      '14 unknown field invalid_argument: colour: unknown field',
    ]);
    const names = await world.db.read.query<{ external_id: string }>(
      "select external_id from external_id where external_id ~ 'good|bad|twice|future|unknown|of closed'",
    );
    const own = ['good 1', 'good 2', 'customer of good 1', 'customer of good 2'];
    expect(names.map((each) => each.external_id).sort()).toEqual(own.sort());
  });

  it('that are in the book are skipped, unless the name means another loan', async () => {
    const lines = [line('again 1'), line('again 2', { repayments: PAID })];
    await importLoans(lines);
    expect(await importLoans([...lines, line('again 3')])).toMatchObject({ imported: 1, skipped: 2 });
    const answer = await importLoans([line('again 1', { principal: 60_000 })]);
    expect(answer.refused[0]?.message).toContain('another loan, of another customer, product or principal');
  });

  it('are decided anew once a payment type means something else', async () => {
    const by = (paymentTypeId: string) => [{ ...PAID[0], externalId: 'typed', paymentTypeId }];
    const asked = line('typed', { repayments: by('cowries') });
    expect((await importLoans([asked])).refused[0]?.message).toContain('unknown payment type');
    const cowries = { name: 'Cowrie shells', shortName: 'cowries' };
    expect((await callerOf(world).post('/v1/payment-types', cowries)).status).toBe(200);
    expect(await importLoans([asked])).toMatchObject({ imported: 1, refused: [] });
  });

  it('are all refused together where that is wanted', async () => {
    const mixed = [line('whole 1'), line('whole 2', { principal: 1 })];
    expect(await importLoans(mixed, { allOrNothing: true })).toMatchObject({
      ...{ imported: 0, customersMade: 0, refused: [{ line: 2 }] },
    });
    expect(await importLoans([line('whole 1'), { externalId: 'x' }], { allOrNothing: true })).toMatchObject({
      ...{ imported: 0, customersMade: 0, refused: [{ line: 2 }] },
    });
    expect(await rowsOf('whole 1')).toMatchObject({ loan: [] });
    expect(await importLoans([line('whole 1')], { allOrNothing: true })).toMatchObject({ imported: 1 });
  });

  it('can be tried without storing anything', async () => {
    const mixed = [line('tried 1'), line('tried 2', { principal: 1 })];
    expect(await importLoans(mixed, { dryRun: true })).toMatchObject({
      ...{ imported: 1, customersMade: 1, refused: [{ line: 2 }] },
    });
    expect(await rowsOf('tried 1')).toMatchObject({ loan: [] });
  });

  it('of one new customer make one, since the first of the loans', async () => {
    const shared = { customerExternalId: 'shares' };
    const answer = await importLoans([
      line('shared 1', { ...shared, expectedDisbursementDate: '2025-05-01' }),
      line('shared 2', { ...shared, expectedDisbursementDate: '2025-02-01' }),
    ]);
    expect(answer).toMatchObject({ imported: 2, customersMade: 1 });
    const customer = await world.partner.customers.get({ externalId: 'shares' });
    expect(customer.activationDate).toBe('2025-02-01');
    const earlier = line('shared 3', { ...shared, expectedDisbursementDate: '2025-01-01' });
    expect((await importLoans([earlier])).refused[0]?.message).toContain('before the customer became active');
  });

  it('sent by two at the same time are stored once', async () => {
    const lines = Array.from({ length: 40 }, (_, index) =>
      line(`raced ${index}`, { customerExternalId: 'raced' }),
    );
    const answers = await Promise.all([
      importLoans(lines),
      importLoans([...lines].reverse()),
      importLoans(lines),
    ]);
    const sum = (of: 'imported' | 'skipped' | 'customersMade') =>
      answers.reduce((total, each) => total + each[of], 0);
    expect([sum('imported'), sum('skipped'), sum('customersMade')]).toEqual([40, 80, 1]);
  });

  it('post nothing into a closed period', async () => {
    const closure = await world.partner.glClosures.create({ closingDate: '2025-01-31' });
    const past = { submittedOnDate: '2025-01-01', expectedDisbursementDate: '2025-01-20' };
    const answer = await importLoans([line('closed out', past), line('after closing')]);
    expect(answer).toMatchObject({ imported: 1, refused: [{ line: 1, code: 'permission_denied' }] });
    expect(answer.refused[0]?.message).toContain('The books are closed up to 2025-01-31');
    expect(closure.closingDate).toBe('2025-01-31');
  });

  it('are for operators; the same key answers the same', async () => {
    const api = callerOf(world);
    const body = { loans: [line('keyed')] };
    expectRefusal(await api.post('/v1/imports/loans', body, { as: 'admin' }), '403 permission_denied');
    expectRefusal(await api.post('/v1/imports/loans', { loans: [] }), '400 invalid_argument', 'loans');
    const headers = { 'idempotency-key': 'import once' };
    const [first, again] = [
      await api.post('/v1/imports/loans', body, { headers }),
      await api.post('/v1/imports/loans', body, { headers }),
    ];
    expect(again.body).toEqual(first.body);
    const other = await api.post('/v1/imports/loans', { loans: [line('other')] }, { headers });
    expectRefusal(other, '409 aborted');
  });
});

describe('customers', () => {
  it('equal those made by calls; those that are there are skipped', async () => {
    const person = {
      ...{ firstname: "O'Neil \\ Ärger", lastname: 'Müller', mobileNo: '255700', dateOfBirth: '1990-02-28' },
      ...{ emailAddress: 'x@example.com', activationDate: '2025-01-01' },
    };
    await world.partner.customers.create({ externalId: 'person called', ...person });
    const lines = [
      { externalId: 'person import', ...person },
      { externalId: 'person called' },
      { externalId: 'person future', activationDate: '2025-07-01' },
      { externalId: 'person office', officeId: '99' },
      { externalId: 'person pending', active: false },
    ];
    const answer = await send('customers', lines);
    expect(answer).toMatchObject({ imported: 2, skipped: 1, refused: [{ line: 3 }, { line: 4 }] });
    const rows = await world.db.read.query<{ row: Record<string, unknown> }>(
      "select to_jsonb(c) as row from customer c where external_id in ('person import', 'person called')",
    );
    const [one, two] = rows.map(({ row }) =>
      JSON.stringify(without(row, OWN))
        .replaceAll(/person (import|called)/g, 'NAME')
        .replaceAll(/'(import|called)'/g, "'X'"),
    );
    expect(one).toBe(two);
    const { items } = await world.partner.customers.list({ q: 'müll person import' }).page();
    expect(items.map((each) => each.externalId)).toEqual(['person import']);
  });
});

it('leaves a book that proves, and a whole audit trail', async () => {
  expect((await auditBook(world.db, TODAY)).faults).toEqual([]);
  expect((await world.partner.audit.verify()).faults).toEqual([]);
});
