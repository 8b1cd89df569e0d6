/** The book that is measured on: loans by the import, as an operator would bring them. */
import pg from 'pg';
import type { LoanLine } from '../../sdk/client.ts';
import type { BenchServer } from './server.ts';

export interface BookAsked {
  /** Wallet loans: one installment after 30 days. */
  readonly loans: number;
  /** Loans of 12 monthly installments beside them. */
  readonly termLoans: number;
}

export interface FilledBook {
  /** Ids of the wallet loans, and of those of 12 installments. */
  readonly walletIds: readonly string[];
  readonly termIds: readonly string[];
  readonly walletProduct: string;
  readonly termProduct: string;
  readonly customerIds: readonly string[];
  readonly imported: ImportFigures;
}

export interface ImportFigures {
  readonly loans: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly customers: number;
  readonly customersPerSecond: number;
}

const LOANS_PER_CUSTOMER = 4;
/** Lines that ask for the same are decided once; a real book has about this many different ones in a row. */
const PRINCIPALS = 200;

export async function fillBook(server: BenchServer, asked: BookAsked): Promise<FilledBook> {
  const { client } = server;
  const products = await client.loanProducts.list();
  const idOf = (shortName: string): string => products.find((each) => each.shortName === shortName)?.id ?? '';
  const [walletProduct, termProduct] = [idOf('WL30'), idOf('TL12')];
  const customers = Math.max(1, Math.ceil(asked.loans / LOANS_PER_CUSTOMER));
  const people = await timed(async () => {
    for await (const part of client.imports.customersFrom(customerLines(customers))) requireAll(part);
  });
  const wallet = { productId: walletProduct, customers, prefix: 'W', principal: 1_000_000 };
  const loans = await importAll(server, loanLines(asked.loans, wallet));
  const term = { productId: termProduct, customers, prefix: 'T', principal: 50_000_000 };
  await importAll(server, loanLines(asked.termLoans, term));
  const imported = {
    loans: asked.loans,
    seconds: loans,
    perSecond: asked.loans / loans,
    customers,
    customersPerSecond: customers / people,
  };
  return { ...(await idsIn(server)), walletProduct, termProduct, imported };
}

/** Answers the seconds that it took. */
export const importAll = ({ client }: BenchServer, lines: Iterable<LoanLine>): Promise<number> =>
  timed(async () => {
    for await (const part of client.imports.loansFrom(lines)) requireAll(part);
  });

async function timed(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

function requireAll({ refused }: { readonly refused: readonly { line: number; message: string }[] }): void {
  const [first] = refused;
  if (first) throw new Error(`line ${first.line} of the book was refused: ${first.message}`);
}

function* customerLines(count: number) {
  for (let index = 0; index < count; index += 1)
    yield {
      externalId: `P-${index}`,
      firstname: 'Asha',
      lastname: `Mollel ${index}`,
      mobileNo: `2557${index}`,
    };
}

interface Wanted {
  readonly productId: string;
  readonly customers: number;
  readonly prefix: string;
  readonly principal: number;
}

/** Principals large enough that no bench pays a loan off. */
function* loanLines(count: number, wanted: Wanted): Generator<LoanLine> {
  const { productId, customers, prefix, principal } = wanted;
  for (let index = 0; index < count; index += 1)
    yield {
      externalId: `${prefix}-${index}`,
      customerExternalId: `P-${index % customers}`,
      productId,
      principal: principal + (index % PRINCIPALS) * 1000,
    };
}

async function idsIn({ databaseUrl }: BenchServer) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const read = async (sql: string): Promise<string[]> =>
      (await client.query<{ id: string }>(sql)).rows.map(({ id }) => id);
    return {
      walletIds: await read("select id from loan where external_id like 'W-%' order by id"),
      termIds: await read("select id from loan where external_id like 'T-%' order by id"),
      customerIds: await read('select id from customer order by id limit 1000'),
    };
  } finally {
    await client.end();
  }
}
