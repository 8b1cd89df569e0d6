/** The ceiling: what PostgreSQL itself does with the rows of repayments, on the same server. */
import pg from 'pg';
import { rowsOfValues } from '../../server/store/values.ts';
import type { BenchServer } from '../place/server.ts';
import { costOf, type Share, shareBetween, usageOf } from '../place/usage.ts';
import { type RepaymentRows, readRepaymentRows, rowsFor } from './bareRows.ts';

export interface Ceiling {
  readonly what: string;
  readonly connections: number;
  readonly loansPerTransaction?: number;
  readonly perSecond: number;
  /** ms of a core for each; null where the system does not tell. */
  readonly cost: Share | null;
}

/** Both shapes: a transaction for each repayment, and one for many. Leaves rows that mean nothing. */
export async function measureBareSql(
  server: BenchServer,
  { ids, seconds }: { readonly ids: readonly string[]; readonly seconds: number },
): Promise<Ceiling[]> {
  const rows = await sampleRows(server, ids[0] ?? '');
  const measured: Ceiling[] = [];
  for (const shape of [
    { connections: 32, loansPerTransaction: 1 },
    { connections: 4, loansPerTransaction: 64 },
  ]) {
    const usage = usageOf(server);
    const since = performance.now();
    const perSecond = await writeFor(server.databaseUrl, { rows, ids, seconds, ...shape });
    const share = shareBetween(usage, usageOf(server), (performance.now() - since) / 1000);
    const cost = share && costOf(share, perSecond);
    const what = `bare SQL, ${shape.loansPerTransaction} repayment${shape.loansPerTransaction > 1 ? 's' : ''} a transaction`;
    measured.push({ what, ...shape, perSecond, cost });
  }
  return measured;
}

/** The rows of a real repayment, made for the purpose. */
async function sampleRows({ client, databaseUrl }: BenchServer, loanId: string): Promise<RepaymentRows> {
  await client.repayments.create(loanId, { transactionAmount: 5 });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    return await readRepaymentRows(database, loanId);
  } finally {
    await database.end();
  }
}

interface Writing {
  readonly rows: RepaymentRows;
  readonly ids: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  readonly loansPerTransaction: number;
}

let changes = 0;

async function writeFor(url: string, writing: Writing): Promise<number> {
  const { connections, seconds } = writing;
  const clients = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString: url, pipeline: true }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  const end = performance.now() + seconds * 1000;
  let loans = 0;
  const runOne = async (client: pg.Client): Promise<void> => {
    while (performance.now() < end) {
      await writeOnce(client, writing);
      loans += writing.loansPerTransaction;
    }
  };
  try {
    await Promise.all(clients.map(runOne));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  return loans / seconds;
}

async function writeOnce(client: pg.Client, { rows, ids, loansPerTransaction }: Writing): Promise<void> {
  // In order, so that two transactions never wait for each other in a ring.
  const chosen = [...new Set(Array.from({ length: loansPerTransaction }, () => someOf(ids)))].sort(
    (a, b) => Number(a) - Number(b),
  );
  const numbered = chosen.map((loanId) => {
    changes += 1;
    return { loanId, change: changes };
  });
  const { columns, values } = rows.update;
  const setting = columns.map((name, index) => `${name} = $${index + 2}`).join(', ');
  await Promise.all([
    client.query('begin'),
    client.query({
      name: `loans-${chosen.length}`,
      text: `update loan set version = version + 1, ${setting} where id = any($1)`,
      values: [chosen, ...values],
    }),
    ...rows.inserts.map((template) => {
      const own = numbered.flatMap(({ loanId, change }) => rowsFor(template, loanId, change));
      const { places, values: all } = rowsOfValues(own);
      return client.query({
        name: `${template.table}-${own.length}`,
        text: `insert into ${template.table} (${template.columns.join(', ')}) values ${places}`,
        values: all,
      });
    }),
    client.query('commit'),
  ]);
}

const someOf = (ids: readonly string[]): string => ids[Math.floor(Math.random() * ids.length)] ?? '0';
