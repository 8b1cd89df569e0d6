/** Statements that leave together, on a real server, with everything that may go wrong between. */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Cutting, type Message, openCutting } from '../../../test/cutting.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import { sqlState } from '../failure.ts';
import { type Answer, type Ask, openPipeline, type Sent, type Statement, textOf } from './pipeline.ts';

let database: TestDatabase;
let cutting: Cutting;
const opened: pg.Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  cutting = await openCutting(database.url);
  const { client } = await connected();
  await client.query('create table noted (n int)');
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.end();
});
afterAll(async () => {
  await cutting?.close();
  await database?.drop();
});

interface Connected {
  readonly client: pg.Client;
  readonly ask: Ask;
}

async function connected(url = database.url): Promise<Connected> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  opened.push(client);
  await client.connect();
  return { client, ask: openPipeline(client, pg.types.getTypeParser) };
}

const NONE: readonly Sent[] = [];
const echo = (value: unknown): Statement => ({
  text: 'select $1::text as said',
  name: 'echo',
  values: [textOf(value)],
});
const note = (n: number): Statement => ({
  text: 'insert into noted values ($1)',
  name: 'note',
  values: [String(n)],
});
const divide = (by: unknown): Statement => ({
  text: 'select 6 / $1::int as n',
  name: 'divide',
  values: [textOf(by)],
});
const MISSING: Statement = { text: 'select * from missing', name: 'missing', values: NONE };
const ALONE: Statement = { text: 'select 7 as seven' };

type Outcome = { readonly answer: Answer } | { readonly code: string };

/** How each ended; a promise that never settles is the test's timeout. */
const outcomesOf = (asked: readonly Promise<Answer>[]): Promise<Outcome[]> =>
  Promise.all(
    asked.map((each) =>
      each.then(
        (answer) => ({ answer }),
        (error: unknown) => ({ code: sqlState(error) ?? String(error) }),
      ),
    ),
  );

const codesOf = async (asked: readonly Promise<Answer>[]): Promise<string[]> =>
  (await outcomesOf(asked)).map((each) => ('code' in each ? each.code : 'answered'));

const saidBy = (from: Message['from'], since: number): string =>
  cutting.seen
    .slice(since)
    .flatMap((each) => (each.from === from ? [each.type] : []))
    .join('');

it('sends what is asked for in one step with one Sync, and asks once what rows look like', async () => {
  const { ask } = await connected(cutting.url);
  const first = cutting.seen.length;
  await Promise.all([echo('a'), note(0), echo('b')].map(ask));
  expect(saidBy('client', first)).toBe('PBDEPBDEBDES');
  const second = cutting.seen.length;
  const answers = await Promise.all([echo('c'), note(0), echo(null), echo('d')].map(ask));
  expect(saidBy('client', second)).toBe('BEBEBEBES');
  expect(answers).toEqual([
    { rows: [{ said: 'c' }], tag: 'SELECT 1' },
    { rows: [], tag: 'INSERT 0 1' },
    { rows: [{ said: null }], tag: 'SELECT 1' },
    { rows: [{ said: 'd' }], tag: 'SELECT 1' },
  ]);
});

it('keeps what is asked for while it waits, and whatever the order of steps, in the order of asking', async () => {
  const { client, ask } = await connected();
  await client.query('create temp table placed (at serial, n int)');
  const place = (n: number) => ask({ text: 'insert into placed (n) values ($1)', values: [String(n)] });
  const asked = [
    place(1),
    ask({ text: 'insert into placed (n) values (2); insert into placed (n) values (3)' }),
  ];
  asked.push(place(4));
  await null;
  asked.push(place(5));
  await new Promise(setImmediate);
  asked.push(place(6), ask({ text: 'insert into placed (n) values (7)' }), place(8));
  await asked[0];
  asked.push(place(9));
  await Promise.all(asked);
  const { rows } = await ask({ text: 'select n from placed order by at', values: NONE });
  expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ n })));
});

interface Kind {
  readonly statement: Statement;
  readonly expected: Outcome;
}

const answered = (tag: string, ...rows: object[]): Outcome => ({ answer: { rows, tag } });

const KINDS: fc.Arbitrary<Kind> = fc.oneof(
  fc.string().map((text) => {
    const said = text.replaceAll('\0', '');
    return { statement: echo(said), expected: answered('SELECT 1', { said }) };
  }),
  fc.constant({ statement: note(1), expected: answered('INSERT 0 1') }),
  fc.constantFrom<Kind>(
    { statement: divide(2), expected: answered('SELECT 1', { n: 3 }) },
    { statement: divide(0), expected: { code: '22012' } },
    { statement: divide('x'), expected: { code: '22P02' } },
    { statement: MISSING, expected: { code: '42P01' } },
    { statement: { text: 'selec', values: NONE }, expected: { code: '42601' } },
    { statement: { text: '', name: 'empty', values: NONE }, expected: answered('') },
    { statement: ALONE, expected: answered('SELECT', { seven: 7 }) },
  ),
);

/** Those of a message behind the failed one fail with it. */
function expectedOf(kinds: readonly Kind[]): { outcomes: Outcome[]; noted: number } {
  let [failed, noted, pending]: [Outcome | undefined, number, number] = [undefined, 0, 0];
  const outcomes: Outcome[] = [];
  for (const { statement, expected } of kinds) {
    if (statement === ALONE) {
      noted += failed === undefined ? pending : 0;
      [failed, pending] = [undefined, 0];
    } else if ('code' in expected) failed ??= expected;
    if (statement.name === 'note') pending += 1;
    outcomes.push(failed ?? expected);
  }
  return { outcomes, noted: noted + (failed === undefined ? pending : 0) };
}

it('answers each statement with what is its own, whatever fails before and behind it', async () => {
  const { client, ask } = await connected();
  const steps = fc.array(fc.array(KINDS, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 4 });
  // One connection for all of it: it remembers what earlier runs have prepared, or failed to.
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await client.query('truncate noted');
      let noted = 0;
      for (const kinds of all) {
        const expected = expectedOf(kinds);
        expect(await outcomesOf(kinds.map(({ statement }) => ask(statement)))).toEqual(expected.outcomes);
        noted += expected.noted;
      }
      expect((await client.query('select * from noted')).rows).toHaveLength(noted);
    }),
    { numRuns: 150 },
  );
});

it('prepares anew what failed, was taken away, or no longer fits its table', async () => {
  const { client, ask } = await connected();
  const read = (): Statement => ({ text: 'select * from changing', name: 'changing', values: NONE });
  expect(await codesOf([ask(read()), ask(echo('x'))])).toEqual(['42P01', '42P01']);
  await client.query('create temp table changing as select 1 as a');
  expect((await ask(read())).rows).toEqual([{ a: 1 }]);
  await client.query('alter table changing add column b text');
  expect(await codesOf([ask(read()), ask(read())])).toEqual(['0A000', '0A000']);
  expect((await ask(read())).rows).toEqual([{ a: 1, b: null }]);
  await client.query('deallocate all');
  expect(await codesOf([ask(read())])).toEqual(['26000']);
  expect((await Promise.all([ask(read()), ask(read())])).map(({ rows }) => rows)).toEqual([
    [{ a: 1, b: null }],
    [{ a: 1, b: null }],
  ]);
});

it('remembers of a connection what another pipeline on it has prepared', async () => {
  const { client, ask } = await connected();
  await ask(echo('one'));
  const later = openPipeline(client, pg.types.getTypeParser);
  expect((await later(echo('two'))).rows).toEqual([{ said: 'two' }]);
});

it('takes rows without columns, none, and many', async () => {
  const { ask } = await connected();
  const ten = 'from generate_series(1, 10)';
  for (const round of ['first', 'prepared'])
    expect(
      await Promise.all([
        ask({ text: `select ${ten}`, name: 'bare', values: NONE }),
        ask({ text: `select 1 as n ${ten} where false`, name: 'none', values: NONE }),
        ask({ text: `select 1 as n, 2 as n ${ten}`, name: 'twice', values: NONE }),
      ]),
      round,
    ).toEqual([
      { rows: Array.from({ length: 10 }, () => ({})), tag: 'SELECT 10' },
      { rows: [], tag: 'SELECT 0' },
      { rows: Array.from({ length: 10 }, () => ({ n: 2 })), tag: 'SELECT 10' },
    ]);
});

it('holds a row that cannot be understood against its statement alone', async () => {
  const { client } = await connected();
  const ask = openPipeline(client, (type) => (text) => {
    if (text === 'odd') throw new Error('not understood');
    return type === pg.types.builtins.INT4 ? Number(text) : text;
  });
  const asked = [echo('a'), echo('odd'), divide(3), echo('b')];
  expect(await codesOf(asked.map(ask))).toEqual([
    'answered',
    'Error: not understood',
    'answered',
    'answered',
  ]);
  expect((await ask(divide(1))).rows).toEqual([{ n: 6 }]);
});

const TEXTS = [
  '',
  ' ',
  'NULL',
  'null',
  '"',
  '\\',
  '\\\\"',
  "'",
  '{}',
  '{,}',
  'a,b',
  'ä\n\t\r🌍',
  '\u2028',
  '$1',
  '\\x',
];

it.each<[type: string, ...values: unknown[]]>([
  ['text', ...TEXTS, null, undefined, 12n, true, -0, 1e21],
  [
    'text[]',
    TEXTS,
    [],
    [null, undefined, 'NULL'],
    [
      ['a', '"'],
      ['\\', null],
    ],
    [1, 2n, true],
  ],
  ['numeric', 12n, -0, 0.1, Number.NaN, Number.POSITIVE_INFINITY, '1.10'],
  ['float8[]', [0.1, -0, Number.NaN, Number.NEGATIVE_INFINITY, null, 1e21], [[1], [2]]],
  ['bigint[]', [9_007_199_254_740_993n, -1n, null], []],
  ['boolean[]', [true, false, null]],
  ['timestamptz', new Date(0), new Date('2025-03-30T01:30:00.123Z'), new Date('0001-01-01T00:00:00Z')],
  ['timestamptz[]', [new Date(1), null]],
  ['jsonb', { a: [1, null, { b: '"\\\n' }], c: undefined }, {}, '[1]', 'null'],
  ['jsonb[]', [{ a: '",\\' }, null, {}]],
  ['bytea', Buffer.from([0, 255, 92, 39]), Buffer.alloc(0)],
  ['bytea[]', [Buffer.from([0, 255, 92]), null]],
])('sends values of %s as the driver does', async (type, ...values) => {
  const { client, ask } = await connected();
  for (const value of values) {
    const text = `select $1::${type}::text as stored`;
    const byDriver = await client.query({ text, values: [value] });
    expect((await ask({ text, values: [textOf(value)] })).rows, String(value)).toEqual(byDriver.rows);
  }
});

it('sends any text exactly, by itself and in lists', async () => {
  const { ask } = await connected();
  const storable = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  const text = 'select $1::text as one, $2::text[] as many';
  await fc.assert(
    fc.asyncProperty(storable, fc.array(fc.option(storable)), async (one, many) => {
      expect((await ask({ text, name: 'texts', values: [one, textOf(many)] })).rows).toEqual([{ one, many }]);
    }),
  );
});

const TERMINATED = 'Error: Connection terminated unexpectedly';
const sleep = (seconds: number): Statement => ({ text: 'select pg_sleep($1)', values: [String(seconds)] });

/** The answer number `count` of a type to come. */
function nth(type: string, count: number): (message: Message) => boolean {
  let left = count;
  return (message) => message.from === 'server' && message.type === type && --left === 0;
}

it.each<[when: string, rule: (message: Message) => boolean, ...outcomes: string[]]>([
  ['before it arrives', ({ from, type }) => from === 'client' && type === 'S', ...Array(4).fill(TERMINATED)],
  ['between two answers', nth('C', 2), 'answered', ...Array(3).fill(TERMINATED)],
  ['behind an error', nth('Z', 1), 'answered', 'answered', '22012', '22012'],
])('settles everything when the connection is cut %s', async (_, rule, ...outcomes) => {
  const { ask } = await connected(cutting.url);
  await Promise.all([echo('x'), note(1), divide(1)].map(ask));
  cutting.cutAt(rule);
  const asked = [echo('a'), note(2), divide(0), echo('b')].map(ask);
  await new Promise(setImmediate);
  asked.push(ask(echo('waits for the others')));
  expect(await codesOf(asked)).toEqual([...outcomes, expect.stringMatching(/terminated|not queryable/)]);
  expect(await codesOf([ask(echo('later')), ask(ALONE)])).toEqual([
    expect.stringMatching(/not queryable/),
    expect.stringMatching(/not queryable/),
  ]);
});

it('believes in COMMIT once it is said, and in nothing else before the Sync is answered', async () => {
  for (const [statement, outcome] of [
    [{ text: 'commit', values: NONE }, 'answered'],
    [note(3), TERMINATED],
    [ALONE, TERMINATED],
  ] as const) {
    const { ask } = await connected(cutting.url);
    if (outcome === 'answered') await ask({ text: 'begin', values: NONE });
    cutting.cutAt(nth('Z', 1));
    expect(await codesOf([ask(statement)]), statement.text).toEqual([outcome]);
  }
});

it('tells of a failure that the server finds at the Sync only', async () => {
  const { client, ask } = await connected();
  await client.query('create table late (n int unique deferrable initially deferred)');
  const add: Statement = { text: 'insert into late values (1)', name: 'late', values: NONE };
  expect(await codesOf([ask(add)])).toEqual(['answered']);
  expect(await codesOf([ask(echo('first')), ask(add)])).toEqual(['23505', '23505']);
  await ask({ text: 'begin', values: NONE });
  expect(await codesOf([ask(add)])).toEqual(['answered']);
  expect(await codesOf([ask({ text: 'commit', values: NONE })])).toEqual(['23505']);
  expect((await ask({ text: 'select n from late', values: NONE })).rows).toEqual([{ n: 1 }]);
});

it.each<[limit: string, statement: Statement, code: string]>([
  ['statement_timeout', sleep(60), '57014'],
  ['lock_timeout', { text: 'lock table noted', values: NONE }, '55P03'],
])('goes on after a %s', async (limit, statement, code) => {
  const { client, ask } = await connected();
  const other = await connected();
  await other.client.query('begin; lock table noted');
  // BEGIN and what stands before it have to keep to it as well.
  await client.query(`set ${limit} = 1000`);
  await ask({ text: 'begin', values: NONE });
  expect(await codesOf([echo('a'), statement, echo('b')].map(ask))).toEqual(['answered', code, code]);
  expect(await codesOf([ask(echo('c')), ask({ text: 'rollback', values: NONE })])).toEqual([
    '25P02',
    '25P02',
  ]);
  expect(await ask({ text: 'rollback', values: NONE })).toEqual({ rows: [], tag: 'ROLLBACK' });
  expect(await codesOf([ask(echo('d'))])).toEqual(['answered']);
});

it('settles everything when the server ends the connection, at work, idle, or in a transaction', async () => {
  const end: Statement = { text: 'select pg_terminate_backend(pg_backend_pid())', values: NONE };
  const atWork = await connected();
  expect(await codesOf([echo('a'), end, ALONE, echo('b')].map(atWork.ask))).toEqual([
    ...['answered', '57P01'],
    ...[expect.stringMatching(/terminated|queryable/), expect.stringMatching(/terminated|queryable/)],
  ]);
  const idle = await connected();
  await idle.client.query('set idle_in_transaction_session_timeout = 100');
  const lost = new Promise((heard) => idle.client.once('error', heard));
  await idle.ask({ text: 'begin', values: NONE });
  expect(sqlState(await lost)).toBe('25P03');
  expect(await codesOf([idle.ask(note(4)), idle.ask(ALONE)])).toEqual([
    expect.stringMatching(/not queryable/),
    expect.stringMatching(/not queryable/),
  ]);
});

it('settles everything when the client is ended, before it is sent and after', async () => {
  const before = await connected();
  const unsent = [before.ask(echo('a')), before.ask(ALONE)];
  void before.client.end();
  expect(await codesOf(unsent)).toEqual([
    expect.stringMatching(/Client was closed/),
    expect.stringMatching(/Client was closed/),
  ]);
  const after = await connected();
  const sent = [after.ask(sleep(60)), after.ask(echo('b'))];
  await new Promise(setImmediate);
  sent.push(after.ask(echo('c')));
  void after.client.end();
  expect(await codesOf(sent)).toEqual([
    ...Array(2).fill('Error: Connection terminated'),
    expect.stringMatching(/Client was closed/),
  ]);
});
