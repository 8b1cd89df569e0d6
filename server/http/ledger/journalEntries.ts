/** The journal, for operators: entries of loans and entries made by hand. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { JournalLine } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { Refusal } from '../../domain/refusal.ts';
import { currencyNamed } from '../../operations/currency.ts';
import { postManualEntry, reverseManualEntry } from '../../operations/ledger/manualEntries.ts';
import type { Tx } from '../../store/database.ts';
import { type EntryFilter, findEntry, listEntries } from '../../store/ledger/entries.ts';
import { callerOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { type ErrorCode, invalidArgument } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';
import { DateIn, IdIn, PositiveMoneyIn, readDate, readFilterId, readId, readMoney } from '../values.ts';
import type { Routes } from '../verbs.ts';
import { EntryOut, entryOut, readNames } from './entryAnswers.ts';
import { GlCode } from './glAccounts.ts';

const ListQuery = Type.Object({
  ...pageFields(['date'], 'DESC'),
  loanId: Type.Optional(IdIn),
  transactionId: Type.Optional({ ...IdIn, description: 'A transaction of the loan that `loanId` names' }),
  glCode: Type.Optional(GlCode),
  fromDate: Type.Optional(DateIn),
  toDate: Type.Optional(DateIn),
});

const NewLine = Type.Object({
  glCode: Type.String({ minLength: 1, maxLength: 128, examples: ['3000'] }),
  debit: Type.Optional(PositiveMoneyIn),
  credit: Type.Optional(PositiveMoneyIn),
});

const Reason = Type.String({ minLength: 1, maxLength: 500, examples: ['Share capital paid in'] });

const NewEntry = Type.Object(
  {
    date: DateIn,
    reason: Reason,
    lines: Type.Array(NewLine, { minItems: 2, maxItems: 100, description: 'Debits equal credits' }),
  },
  {
    examples: [
      {
        date: '2025-01-31',
        reason: 'Share capital paid in',
        lines: [
          { glCode: '1000', debit: 1_000_000 },
          { glCode: '3000', credit: 1_000_000 },
        ],
      },
    ],
  },
);

const EntryPath = Type.Object({ entry_id: Type.String({ pattern: '^[0-9]+(-[0-9]+)?$' }) });

export async function journalEntryRoutes(app: App, context: AppContext): Promise<void> {
  const routes: Routes = { app, context, book: bookOf(context) };
  addReading(routes);
  addPosting(routes);
  addReversal(routes);
}

function addReading({ app, context, book }: Routes): void {
  const onRequest = requireOperator(context);
  const currency = currencyNamed(context.config.currency);
  const listed = {
    ...operator('listJournalEntries', 'List journal entries of loans and those made by hand'),
    querystring: ListQuery,
    response: { 200: pageSchema(EntryOut) },
  };
  app.get('/v1/journal-entries', { onRequest, schema: listed }, async (request) => {
    const page = pageOf(request.query, 'date');
    const names = await readNames(book.db.read);
    const found = await listEntries(book.db.read, filterOf(request.query), page);
    return pageAnswer(page, found, (entry) => entryOut(entry, { names, currency }));
  });

  const one = {
    ...operator('getJournalEntry', 'Get a journal entry', ['not_found']),
    params: EntryPath,
    response: { 200: EntryOut },
  };
  app.get('/v1/journal-entries/:entry_id', { onRequest, schema: one }, async (request) => {
    const { entry_id: id } = request.params;
    const entry = await findEntry(book.db.read, keyOf(id));
    if (!entry) throw new Refusal('not_found', 'entry_unknown', `journal entry ${id} does not exist`);
    return entryOut(entry, { names: await readNames(book.db.read), currency });
  });
}

function filterOf(query: Static<typeof ListQuery>): EntryFilter {
  const { loanId, transactionId, glCode, fromDate, toDate } = query;
  if (transactionId !== undefined && loanId === undefined)
    throw invalidArgument({ field: 'loanId', error: 'is required with transactionId' });
  return {
    loanId: loanId === undefined ? undefined : readFilterId(loanId, 'loanId'),
    transactionId: transactionId === undefined ? undefined : readFilterId(transactionId, 'transactionId'),
    glCode,
    from: fromDate === undefined ? undefined : readDate(fromDate, 'fromDate'),
    to: toDate === undefined ? undefined : readDate(toDate, 'toDate'),
  };
}

/** `7` was made by hand, `42-3` is the third entry of loan 42. */
function keyOf(id: string): { readonly owner: bigint; readonly number: number } {
  const [owner = '', number] = id.split('-');
  if (number === undefined) return { owner: -readId(owner, 'entry_id'), number: 1 };
  const counted = readId(number, 'entry_id');
  return { owner: readId(owner, 'entry_id'), number: counted > 2_147_483_647n ? 0 : Number(counted) };
}

function addPosting({ app, context, book }: Routes): void {
  const currency = currencyNamed(context.config.currency);
  const schema = {
    ...operator('createJournalEntry', 'Post an entry by hand', ['aborted']),
    description:
      'For what no loan stands behind. Accounts that hold the sum of the loans (portfolio, receivables, ' +
      'overpayments) are moved by loans only. Dates in the future or in a closed period are refused.',
    headers: IdempotencyHeader,
    body: NewEntry,
    response: { 200: EntryOut },
  };
  const onRequest = requireOperator(context);
  app.post('/v1/journal-entries', { onRequest, schema }, (request, reply) => {
    const posting = {
      date: readDate(request.body.date, 'date'),
      reason: request.body.reason,
      madeBy: callerOf(request).accountId,
      lines: request.body.lines.map((line, index) => readLine(line, { place: `lines.${index}`, currency })),
    };
    const work = async (tx: Tx) => {
      const entry = await postManualEntry(tx, book, posting);
      return entryOut(entry, { names: await readNames(tx), currency });
    };
    return answerPost(request, reply, { book, path: '/v1/journal-entries', work });
  });
}

function readLine(
  { glCode, debit, credit }: Static<typeof NewLine>,
  { place, currency }: { readonly place: string; readonly currency: Currency },
): JournalLine {
  if (debit !== undefined && credit === undefined)
    return { account: glCode, side: 'debit', amount: readMoney(debit, currency, `${place}.debit`) };
  if (credit !== undefined && debit === undefined)
    return { account: glCode, side: 'credit', amount: readMoney(credit, currency, `${place}.credit`) };
  throw invalidArgument({ field: place, error: 'must have either debit or credit' });
}

function addReversal({ app, context, book }: Routes): void {
  const currency = currencyNamed(context.config.currency);
  const schema = {
    ...operator('reverseJournalEntry', 'Take back an entry made by hand', ['not_found', 'aborted']),
    description: 'Posts the mirror; answers the new entry. Entries of loans follow their transactions.',
    headers: IdempotencyHeader,
    params: EntryPath,
    body: Type.Object({ reason: Reason, date: Type.Optional(DateIn) }),
    response: { 200: EntryOut },
  };
  const onRequest = requireOperator(context);
  app.post('/v1/journal-entries/:entry_id/reverse', { onRequest, schema }, (request, reply) => {
    const { entry_id: entryId } = request.params;
    const { reason, date } = request.body;
    const on = date === undefined ? undefined : readDate(date, 'date');
    const madeBy = callerOf(request).accountId;
    const work = async (tx: Tx) => {
      const asked = { id: manualId(entryId), date: on, reason, madeBy };
      const entry = await reverseManualEntry(tx, book, asked);
      return entryOut(entry, { names: await readNames(tx), currency });
    };
    return answerPost(request, reply, { book, path: `/v1/journal-entries/${entryId}/reverse`, work });
  });
}

function manualId(entryId: string): bigint {
  const { owner } = keyOf(entryId);
  if (owner <= 0n) return -owner;
  const message = `Journal entry belongs to loan ${owner}: reverse its transaction`;
  throw new Refusal('aborted', 'entry_of_loan', message);
}

const operator = (id: string, summary: string, errors: readonly ErrorCode[] = []) =>
  endpoint({ id, tag: 'Ledger', summary, caller: 'operator', errors });
