/** Imports, for operators: loans and customers of another system, by the thousand. */
import type { Answer, Body, Host } from './call.ts';
import type { CallOptions } from './transport.ts';

export type LoanLine = Body<'importLoans'>['loans'][number];
export type CustomerLine = Body<'importCustomers'>['customers'][number];

/** What became of the lines of one call. */
export type Import = Answer<'importLoans'>;

/** What became of the next lines: `lines` of them; refused ones by their number in the whole, from 1. */
export type ImportPart = Import & { readonly lines: number };

export interface ImportSettings {
  /** Where the lines come from, for the audit trail. */
  readonly source?: string;
  /** Every line is judged, nothing is stored. */
  readonly dryRun?: boolean;
  /** Calls at a time. Default: 4. */
  readonly calls?: number;
  /** Lines of a call, at most 5,000. Default: 2,000. */
  readonly linesOfCall?: number;
}

type Lines<Line> = AsyncIterable<Line> | Iterable<Line>;

export interface Imports {
  /** One call: at most 5,000 lines and 1 MiB. */
  loans(lines: Body<'importLoans'>, options?: CallOptions): Promise<Import>;
  customers(lines: Body<'importCustomers'>, options?: CallOptions): Promise<Import>;
  /** Any number of loans, call by call; each call stands for itself. Yields what became of them, in order. */
  loansFrom(lines: Lines<LoanLine>, settings?: ImportSettings): AsyncIterable<ImportPart>;
  customersFrom(lines: Lines<CustomerLine>, settings?: ImportSettings): AsyncIterable<ImportPart>;
}

const CALL_MILLISECONDS = 120_000;

export function importsOf(api: Host): Imports {
  const loans: Imports['loans'] = (lines, options) =>
    api.post<'importLoans'>('/v1/imports/loans', lines, { timeout: CALL_MILLISECONDS, ...options });
  const customers: Imports['customers'] = (lines, options) =>
    api.post<'importCustomers'>('/v1/imports/customers', lines, { timeout: CALL_MILLISECONDS, ...options });
  return {
    loans,
    customers,
    loansFrom: (lines, settings = {}) =>
      partsOf(lines, settings, (part) => loans({ loans: part, ...asked(settings) })),
    customersFrom: (lines, settings = {}) =>
      partsOf(lines, settings, (part) => customers({ customers: part, ...asked(settings) })),
  };
}

const asked = ({ source, dryRun }: ImportSettings) => ({
  ...(source !== undefined && { source }),
  ...(dryRun !== undefined && { dryRun }),
});

/** Sends the next calls while the first are under way, and yields their results in the order of the lines. */
async function* partsOf<Line>(
  lines: Lines<Line>,
  { calls = 4, linesOfCall = 2_000 }: ImportSettings,
  send: (lines: Line[]) => Promise<Import>,
): AsyncGenerator<ImportPart, void, undefined> {
  const underWay: Promise<ImportPart>[] = [];
  let sent = 0;
  for await (const part of batchesOf(lines, linesOfCall)) {
    underWay.push(heard(partOf(send(part), sent, part.length)));
    sent += part.length;
    const first = underWay.length >= calls ? underWay.shift() : undefined;
    if (first) yield await first;
  }
  for (const part of underWay) yield await part;
}

/** A call that fails while an earlier one is still waited for is reported when its turn comes. */
function heard<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}

async function partOf(call: Promise<Import>, before: number, lines: number): Promise<ImportPart> {
  const done = await call;
  return { ...done, lines, refused: done.refused.map((each) => ({ ...each, line: each.line + before })) };
}

/** A call may have 1 MiB. */
const MOST_BYTES = 900_000;

/** No less than it will take. */
const bytesOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : 4 * text.length);

/** At most `most` lines each, and not too long, whatever alphabet they are written in. */
async function* batchesOf<Line>(lines: Lines<Line>, most: number): AsyncGenerator<Line[], void, undefined> {
  let batch: Line[] = [];
  let bytes = 0;
  for await (const line of lines) {
    const length = bytesOf(JSON.stringify(line)) + 1;
    if (batch.length > 0 && (batch.length >= most || bytes + length > MOST_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(line);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}
