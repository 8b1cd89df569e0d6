/**
 * The vectors that close business days, played against the database: every command is stored and read back,
 * every close of business is a call of the API, worked off by the job where it is of the whole book. What is
 * looked at is what the database holds. Vectors that change settings of the engine stay with the engine's own
 * run, because a deployment has none of these settings.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CivilDate } from '../../server/domain/date.ts';
import type { Decision } from '../../server/domain/decide.ts';
import { bySystem, noteChange } from '../../server/operations/audit/trail.ts';
import { type Book, bookOver } from '../../server/operations/book.ts';
import { change } from '../../server/operations/change.ts';
import { noteBookClosed } from '../../server/operations/closing/bookClosed.ts';
import { plannedLoan } from '../../server/operations/closing/planLoan.ts';
import { closingRulesOf } from '../../server/operations/closing/steps.ts';
import { numbered, requireWholeLoan, storeDecisions } from '../../server/operations/loans/changeLoan.ts';
import { saveBusinessDate } from '../../server/store/businessDate.ts';
import { insertGlAccount } from '../../server/store/ledger/glAccounts.ts';
import { saveClosing } from '../../server/store/loans/closing.ts';
import { insertJournal, listEntriesOf } from '../../server/store/loans/journal.ts';
import { insertLoan } from '../../server/store/loans/loans.ts';
import { insertTransactions, NO_REMARKS } from '../../server/store/loans/transactions.ts';
import {
  type ConformanceFolder,
  readConformanceFolder,
  type Step,
  type Vector,
} from '../conformance/format.ts';
import { HISTORY_CHECKS } from '../conformance/historyExpectations.ts';
import { fieldsOf, operate } from '../conformance/operations.ts';
import { SCHEDULE_CHECKS } from '../conformance/scheduleExpectations.ts';
import { STATE_CHECKS } from '../conformance/stateExpectations.ts';
import { newWorld, type World as Play } from '../conformance/world.ts';
import { makeWorld, type World } from '../world.ts';
import { post, put } from './calls.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/conformance', import.meta.url));
const ENGINE_ONLY = new Set(['set-config', 'set-cob-step', 'lock-loan']);
/** Events are told in another form by the outbox; these checks are the engine's. */
const UNCHECKED = new Set(['event', 'no-event', 'status-event', 'locked', 'last-response', 'delinquency']);
const CHECKS = { ...SCHEDULE_CHECKS, ...HISTORY_CHECKS, ...STATE_CHECKS };

const closesDays = ({ steps }: Vector): boolean =>
  steps.some(({ op }) => op === 'run-cob') && !steps.some(({ op }) => ENGINE_ONLY.has(String(op)));

const folder = existsSync(FOLDER) ? readConformanceFolder(FOLDER) : undefined;
const vectors = folder?.files.flatMap(({ vectors: all }) => all.filter(closesDays)) ?? [];

describe.skipIf(folder === undefined)('close of business of the reference', () => {
  let world: World;
  let book: Book;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: '2020-01-01', mode: 'sandbox' });
    book = bookOver(world);
    await post(world, '/v1/customers', { externalId: 'reference' });
    for (const { glCode, name, type } of folder?.accounts.values() ?? [])
      await insertGlAccount(world.db.read, { code: glCode, name, type: typeNamed(type) });
  });
  afterAll(() => world.close());

  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    await forgetEverything(world, book);
    const play = newWorld(folder as ConformanceFolder);
    const ids = new Map<string, bigint>();
    for (const [index, step] of vector.steps.entries()) {
      const at = `step ${index + 1}: ${JSON.stringify(step).slice(0, 200)}`;
      await load(play, book, ids);
      if (step.op === undefined) look(play, step, at);
      else await act(play, { world, book, ids, step });
    }
  });
});

const typeNamed = (type: string) => type.toLowerCase() as Parameters<typeof insertGlAccount>[1]['type'];

async function forgetEverything(world: World, book: Book): Promise<void> {
  await world.db.read.query(
    'truncate loan, close_of_business_run, close_of_business_failure, job_lease cascade',
  );
  await saveBusinessDate(world.db.read, '2020-01-01' as CivilDate);
  noteBookClosed(book, null);
}

/** What the checks look at comes from the database. */
async function load(play: Play, book: Book, ids: ReadonlyMap<string, bigint>): Promise<void> {
  for (const [name, id] of ids) {
    const kept = play.books.get(name);
    const stored = await requireWholeLoan(book.db.read, id);
    const entries = await listEntriesOf(book.db.read, id);
    const known = kept ?? { client: 'client-1', events: [], delinquentDate: null, locked: false };
    play.books = new Map(play.books).set(name, { ...known, loan: stored.state, entries });
  }
}

function look(play: Play, step: Step, at: string): void {
  if (UNCHECKED.has(String(step.expect)) || step.eventOnly === true) return;
  expect(CHECKS[String(step.expect)]?.(play, fieldsOf(step)) ?? null, at).toBeNull();
}

interface Acting {
  readonly world: World;
  readonly book: Book;
  readonly ids: Map<string, bigint>;
  readonly step: Step;
}

async function act(play: Play, acting: Acting): Promise<void> {
  const { world, book, ids, step } = acting;
  const name = typeof step.loan === 'string' ? step.loan : 'loan-1';
  if (step.op === 'run-cob') return closeDays(world, { scope: String(step.scope), loanId: ids.get(name) });
  const before = new Map([...play.books].map(([each, kept]) => [each, { ...kept }]));
  try {
    operate(play, step);
  } catch (error) {
    if (step.refused !== true) throw error;
    return;
  }
  if (step.op === 'business-date') await put(world, '/v1/business-date', { date: play.businessDate });
  for (const [each, after] of play.books) {
    const earlier = before.get(each);
    const id = ids.get(each);
    if (id === undefined) ids.set(each, await store(book, play, after));
    else if (earlier?.loan !== after.loan)
      await keep(book, {
        id,
        businessDate: play.businessDate,
        after,
        knownEntries: earlier?.entries.length ?? 0,
      });
  }
}

async function closeDays(world: World, { scope, loanId }: { scope: string; loanId: bigint | undefined }) {
  if (scope === 'loan') await post(world, `/v1/loans/${loanId}/close-of-business`);
  else await post(world, '/v1/close-of-business', { wait: true });
}

type Played = NonNullable<ReturnType<Play['books']['get']>>;

/** A loan that the engine has made. */
async function store(book: Book, play: Play, made: Played): Promise<bigint> {
  return change(book, bySystem('test'), async (tx) => {
    const id = await book.identity.next(tx, 'loan');
    const { state, closing } = plannedLoan(made.loan, {
      ...{ known: null, bookClosedTill: null, lastEntry: made.entries.length },
      businessDate: play.businessDate,
      rules: closingRulesOf(book.config),
    });
    const now = book.clock.now();
    const names = { customerId: 1n, customerExternalId: 'reference', customerName: 'reference' };
    const loan = {
      ...names,
      id,
      externalId: null,
      productId: 1n,
      lastJournalEntry: made.entries.length,
      state,
    };
    await insertLoan(tx, { ...loan, now });
    const transactions = await numbered(tx, book, { added: state.transactions, remarks: NO_REMARKS });
    await insertTransactions(tx, id, { transactions, now });
    await insertJournal(tx, { loanId: id, after: 0, entries: made.entries, now });
    await saveClosing(tx, { ...closing, loanId: id, read: null });
    noteChange(tx, { kind: 'loan', id, version: 1, before: null, after: { date: play.businessDate } });
    return id;
  });
}

/** What the engine has made of a loan, stored as any change is. */
async function keep(
  book: Book,
  {
    id,
    businessDate,
    after,
    knownEntries,
  }: {
    readonly id: bigint;
    readonly businessDate: CivilDate;
    readonly after: Played;
    readonly knownEntries: number;
  },
): Promise<void> {
  const decision: Decision = {
    loan: after.loan,
    changed: [],
    entries: after.entries.slice(knownEntries),
    events: [],
  };
  await change(book, bySystem('test'), async (tx) => {
    const loan = await requireWholeLoan(tx, id);
    await storeDecisions(tx, book, { loan, decisions: [decision], businessDate });
  });
}
