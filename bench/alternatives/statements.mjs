/**
 * The alternatives behind docs/decisions/0019-write-path.md and 0007-state-document.md, measured in turn with each
 * other, so that whatever else the machine does hits all of them: how to send the rows of many repayments, how many in
 * one transaction and how many transactions at a time, and a loan's schedule as one document or as rows.
 *
 *   DATABASE_URL=postgres://... node bench/alternatives/statements.mjs
 *
 * Works in a schema of its own, which it drops at the end.
 */
import pg from 'pg';

const SCHEMA = 'loanbook_alternatives';
const LOANS = 5_000;
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const ROUND_MILLISECONDS = Number(process.env.ROUND_MS ?? 700);

const connect = async () => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, pipeline: true });
  await client.connect();
  await client.query(`set search_path = ${SCHEMA}`);
  return client;
};

const TABLES = `
  create table account (code text primary key);
  insert into account select code::text from generate_series(1000, 1030) as code;
  create table loan (id bigint primary key, version int not null, status text not null, document jsonb not null);
  create index loan_by_status on loan (status, id);
  create table loan_transaction (loan_id bigint not null references loan, seq int not null, id bigint not null,
    type text not null, transaction_date date not null, amount bigint not null, principal bigint not null,
    interest bigint not null, details jsonb not null, recorded_at timestamptz not null, primary key (loan_id, seq));
  create unique index on loan_transaction (loan_id, id);
  create table journal_entry (loan_id bigint not null, entry_seq int not null, line smallint not null,
    debit_account text not null references account, credit_account text not null references account,
    amount bigint not null, entry_date date not null, primary key (loan_id, entry_seq, line));
  create table installment (loan_id bigint not null, number int not null, due date not null, principal bigint not null,
    interest bigint not null, principal_paid bigint not null, interest_paid bigint not null, primary key (loan_id, number));`;

const documentOf = (installments, paid) =>
  JSON.stringify({
    status: 'active',
    installments: Array.from({ length: installments }, (_, index) => ({
      number: index + 1,
      kind: 'normal',
      from: '2025-01-15',
      due: '2025-02-15',
      charged: { principal: '#8947152', interest: '#2400000' },
      ...(index === 0 && { paid: { interest: `#${paid}` } }),
    })),
  });

async function fill(client, installments) {
  await client.query('truncate loan, loan_transaction, journal_entry, installment');
  await client.query(
    `insert into loan select id, 1, 'active', $1::jsonb from generate_series(1, ${LOANS}) as id`,
    [documentOf(installments, 0)],
  );
  await client.query(
    `insert into installment select id, number, '2025-02-15', 8947152, 2400000, 0, 0
     from generate_series(1, ${LOANS}) as id, generate_series(1, ${installments}) as number`,
  );
  await client.query('vacuum analyze');
  versions.fill(1);
}

/** The versions as this process knows them: nobody else writes. */
const versions = new Int32Array(LOANS + 1).fill(1);
const picked = (count) => {
  const ids = new Set();
  while (ids.size < count) ids.add(1 + Math.floor(Math.random() * LOANS));
  return [...ids].sort((a, b) => a - b);
};

const NOW = new Date().toISOString();
const transactionRow = (id) => [
  ...[id, versions[id] + 1, id * 1000 + versions[id], 'repayment', '2025-02-01', 1050, 0, 1050],
  ...['{"sequence":2,"balance":"#500000"}', NOW],
];
const journalRow = (id) => [id, versions[id] + 1, 1, '1000', '1011', 1050, '2025-02-01'];

const names = new Map();
const named = (client, text, values) => {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return client.query({ name, text, values });
};
const places = (rows, columns) =>
  Array.from(
    { length: rows },
    (_, row) =>
      `(${Array.from({ length: columns }, (_, column) => `$${row * columns + column + 1}`).join(',')})`,
  ).join(',');
const insertValues = (client, table, rows) =>
  named(client, `insert into ${table} values ${places(rows.length, rows[0].length)}`, rows.flat());
const insertUnnest = (client, table, rows, types) => {
  const sources = types.map((type, at) => `$${at + 1}::${type}[]`).join(',');
  const columns = types.map((_, at) => rows.map((row) => row[at]));
  return named(client, `insert into ${table} select * from unnest(${sources})`, columns);
};
const UPDATE = `update loan set version = x.version, status = 'active', document = x.document
  from unnest($1::bigint[], $2::int[], string_to_array($3::text, chr(30))::jsonb[]) as x (id, version, document)
  where loan.id = x.id and loan.id = any($1::bigint[]) and loan.version = x.version - 1 returning loan.id`;
const updateTogether = (client, ids, installments) =>
  named(client, UPDATE, [
    ids,
    ids.map((id) => versions[id] + 1),
    ids.map((id) => documentOf(installments, versions[id] * 1050)).join('\u001e'),
  ]);
const updateOne = (client, id, installments) =>
  named(
    client,
    `update loan set version = version + 1, status = 'active', document = $3 where id = $1 and version = $2 returning id`,
    [id, versions[id], documentOf(installments, versions[id] * 1050)],
  );

const TRANSACTION_TYPES = [
  ...['bigint', 'int', 'bigint', 'text', 'date', 'bigint', 'bigint', 'bigint', 'jsonb', 'timestamptz'],
];
const JOURNAL_TYPES = ['bigint', 'int', 'smallint', 'text', 'text', 'bigint', 'date'];

const together = (rowsOf) => async (client, ids) => {
  await client.query('begin');
  await Promise.all(rowsOf(client, ids));
  await client.query('commit');
  for (const id of ids) versions[id] += 1;
};

const ways = (installments) => ({
  'multi-row VALUES': together((client, ids) => [
    insertValues(client, 'loan_transaction', ids.map(transactionRow)),
    updateTogether(client, ids, installments),
    insertValues(client, 'journal_entry', ids.map(journalRow)),
  ]),
  'insert from unnest': together((client, ids) => [
    insertUnnest(client, 'loan_transaction', ids.map(transactionRow), TRANSACTION_TYPES),
    updateTogether(client, ids, installments),
    insertUnnest(client, 'journal_entry', ids.map(journalRow), JOURNAL_TYPES),
  ]),
  'single rows, pipelined': together((client, ids) =>
    ids.flatMap((id) => [
      insertValues(client, 'loan_transaction', [transactionRow(id)]),
      updateOne(client, id, installments),
      insertValues(client, 'journal_entry', [journalRow(id)]),
    ]),
  ),
});

/** A repayment on a schedule kept as rows: two of them change, and the whole schedule is read for deciding. */
const installmentRows = together((client, ids) => [
  named(client, 'select * from installment where loan_id = any($1) order by loan_id, number', [ids]),
  insertValues(client, 'loan_transaction', ids.map(transactionRow)),
  named(
    client,
    `update loan set version = x.version from unnest($1::bigint[], $2::int[]) as x (id, version)
     where loan.id = x.id and loan.id = any($1::bigint[]) and loan.version = x.version - 1 returning loan.id`,
    [ids, ids.map((id) => versions[id] + 1)],
  ),
  named(
    client,
    `update installment set interest_paid = interest_paid + 525 where loan_id = any($1) and number in (1, 2)`,
    [ids],
  ),
  insertValues(client, 'journal_entry', ids.map(journalRow)),
]);
const document = (installments) =>
  together((client, ids) => [
    named(client, 'select * from loan where id = any($1)', [ids]),
    insertValues(client, 'loan_transaction', ids.map(transactionRow)),
    updateTogether(client, ids, installments),
    insertValues(client, 'journal_entry', ids.map(journalRow)),
  ]);

/** Loans a second of each way: the middle of rounds that take turns. */
async function compare(title, contenders) {
  const rates = contenders.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [at, { run }] of contenders.entries()) {
      const since = performance.now();
      let loans = 0;
      while (performance.now() - since < ROUND_MILLISECONDS) loans += await run();
      // The first round plans statements and warms up.
      if (round > 0) rates[at].push((loans * 1000) / (performance.now() - since));
    }
  const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const results = contenders.map(({ name }, at) => ({ name, rate: middle(rates[at]) }));
  const best = Math.max(...results.map(({ rate }) => rate));
  console.log(`\n${title}`);
  for (const { name, rate } of results)
    console.log(
      `${name.padEnd(44)}${Math.round(rate).toString().padStart(8)} loans/s${((100 * rate) / best).toFixed(0).padStart(6)} %`,
    );
}

const clients = [];
const owner = new pg.Client({ connectionString: process.env.DATABASE_URL });
await owner.connect();
try {
  await owner.query(`drop schema if exists ${SCHEMA} cascade`);
  await owner.query(`create schema ${SCHEMA}`);
  await owner.query(`set search_path = ${SCHEMA}`);
  await owner.query(TABLES);
  for (let count = 0; count < 4; count += 1) clients.push(await connect());
  const [client] = clients;
  await fill(owner, 12);
  const way = ways(12);
  const batchOf =
    (size, run, on = client) =>
    async () => {
      await run(on, picked(size));
      return size;
    };
  await compare(
    'how the rows of 32 loans are sent, in one transaction',
    Object.entries(way).map(([name, run]) => ({ name, run: batchOf(32, run) })),
  );
  await compare(
    'loans in one transaction',
    [1, 4, 16, 64, 256].map((size) => ({ name: String(size), run: batchOf(size, way['multi-row VALUES']) })),
  );
  await compare(
    'transactions at a time, 64 loans each',
    [1, 2, 3, 4].map((count) => ({
      name: String(count),
      run: async () => {
        const ids = picked(64 * count).sort(() => Math.random() - 0.5);
        const shares = clients
          .slice(0, count)
          .map((each, at) => [each, ids.slice(at * 64, at * 64 + 64).sort((a, b) => a - b)]);
        await Promise.all(shares.map(([each, share]) => way['multi-row VALUES'](each, share)));
        return 64 * count;
      },
    })),
  );
  for (const installments of [12, 360]) {
    await fill(owner, installments);
    await compare(`a loan of ${installments} installments, read and repaid, 32 in one transaction`, [
      { name: 'one document', run: batchOf(32, document(installments)) },
      { name: 'installments as rows', run: batchOf(32, installmentRows) },
    ]);
  }
} finally {
  await owner.query(`drop schema if exists ${SCHEMA} cascade`);
  await Promise.all([owner, ...clients].map((each) => each.end()));
}
