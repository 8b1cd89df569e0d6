/** Holidays of offices over HTTP, for operators: made, changed while pending, activated, deleted. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { HolidayDraft } from '../../domain/calendar/lenderCalendar.ts';
import { Refusal } from '../../domain/refusal.ts';
import { change } from '../../operations/change.ts';
import {
  activateHoliday,
  addHoliday,
  changeHoliday,
  removeHoliday,
  requireHoliday,
} from '../../operations/configuration/calendar.ts';
import { forgetLenderCalendar } from '../../operations/configuration/lenderCalendar.ts';
import { listHolidays, type StoredHoliday } from '../../store/configuration/calendar.ts';
import { listReferences, type Reference } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { authorOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { ShortName } from '../products/fields.ts';
import { DateIn, DateOut, IdOut, IdPath, noun, readDate, readId, withoutAbsent } from '../values.ts';
import type { Routes } from '../verbs.ts';

const Name = Type.String({ minLength: 1, maxLength: 100, examples: ['New Year'] });
const Offices = Type.Array(ShortName, {
  minItems: 1,
  maxItems: 1000,
  uniqueItems: true,
  description: 'Short names of the offices that keep it',
  examples: [['HEAD_OFFICE']],
});
const Description = Type.String({ maxLength: 500, examples: ['Offices are closed'] });

export const HolidayIn = Type.Object(
  {
    name: Name,
    description: Type.Optional(Description),
    fromDate: DateIn,
    toDate: DateIn,
    rescheduledToDate: Type.Optional(
      Type.String({
        format: 'date',
        description: 'Where due dates within it go; absent: to the next repayment date of the loan',
        examples: ['2026-01-05'],
      }),
    ),
    offices: Offices,
  },
  {
    examples: [
      {
        name: 'New Year',
        fromDate: '2026-01-01',
        toDate: '2026-01-02',
        rescheduledToDate: '2026-01-05',
        offices: ['HEAD_OFFICE'],
      },
    ],
  },
);
const Status = Type.Unsafe<'pending' | 'active'>({ type: 'string', enum: ['pending', 'active'] });
const HolidayOut = noun('Holiday', {
  id: IdOut,
  name: Name,
  description: Type.Optional(Description),
  fromDate: DateOut,
  toDate: DateOut,
  rescheduledToDate: Type.Optional(DateOut),
  offices: Offices,
  status: Status,
});

/** The holiday without its number, its offices by their short names. */
export const statedHoliday = (holiday: StoredHoliday, offices: readonly Reference[]) =>
  withoutAbsent({
    name: holiday.name,
    description: holiday.description === '' ? null : holiday.description,
    fromDate: holiday.from,
    toDate: holiday.to,
    rescheduledToDate: holiday.rescheduledTo,
    offices: offices.filter(({ id }) => holiday.offices.includes(id)).map(({ shortName }) => shortName),
    status: holiday.status === 'active' ? ('active' as const) : ('pending' as const),
  });

const officesOf = (tx: Tx): Promise<Reference[]> => listReferences(tx, 'office');

async function holidayOut(tx: Tx, holiday: StoredHoliday): Promise<Static<typeof HolidayOut>> {
  return { id: holiday.id.toString(), ...statedHoliday(holiday, await officesOf(tx)) };
}

export async function readHoliday(tx: Tx, given: Static<typeof HolidayIn>): Promise<HolidayDraft> {
  const known = new Map((await officesOf(tx)).map(({ shortName, id }) => [shortName, id]));
  const { name, description = '', fromDate, toDate, rescheduledToDate } = given;
  return {
    name,
    description,
    from: readDate(fromDate, 'fromDate'),
    to: readDate(toDate, 'toDate'),
    rescheduledTo: rescheduledToDate === undefined ? null : readDate(rescheduledToDate, 'rescheduledToDate'),
    offices: given.offices.map((shortName) => {
      const id = known.get(shortName);
      if (id !== undefined) return id;
      const message = `office ${shortName} does not exist`;
      throw new Refusal('invalid_argument', 'office_unknown', message, 'offices');
    }),
  };
}

const ALL = '/v1/holidays';
const ONE = `${ALL}/:holiday_id`;
const Path = Type.Object({ holiday_id: IdPath });
const idOf = ({ params }: FastifyRequest): bigint =>
  readId((params as { holiday_id: string }).holiday_id, 'holiday_id');
const described = (it: Omit<EndpointDescription, 'tag' | 'caller'>) =>
  endpoint({ ...it, tag: 'Operators', caller: 'operator' });

export async function holidayRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addReads(routes);
  addCreate(routes);
  addUpdate(routes);
  addActivation(routes);
  addDelete(routes);
}

function addReads({ app, context, book }: Routes): void {
  const onRequest = requireOperator(context);
  const listed = {
    ...described({ id: 'listHolidays', summary: 'List holidays, the earliest first' }),
    response: { 200: Type.Object({ items: Type.Array(HolidayOut) }) },
  };
  app.get(ALL, { onRequest, schema: listed }, async () => {
    const [holidays, offices] = await Promise.all([listHolidays(book.db.read), officesOf(book.db.read)]);
    return { items: holidays.map((each) => ({ id: each.id.toString(), ...statedHoliday(each, offices) })) };
  });
  const one = {
    ...described({ id: 'getHoliday', summary: 'Get a holiday', errors: ['not_found'] }),
    params: Path,
    response: { 200: HolidayOut },
  };
  app.get(ONE, { onRequest, schema: one }, async (request) =>
    holidayOut(book.db.read, await requireHoliday(book.db.read, idOf(request))),
  );
}

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'createHoliday',
      summary: 'Make a holiday; it holds once it is activated',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: HolidayIn,
    response: { 200: HolidayOut },
  };
  app.post(ALL, { onRequest: requireOperator(context), schema }, (request, reply) =>
    answerPost(request, reply, {
      book,
      path: ALL,
      work: async (tx) => holidayOut(tx, await addHoliday(tx, await readHoliday(tx, request.body))),
    }),
  );
}

function addUpdate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'updateHoliday',
      summary: 'Change a holiday',
      description: 'Of an active one only the name and the description.',
      errors: ['not_found', 'aborted'],
    }),
    params: Path,
    body: HolidayIn,
    response: { 200: HolidayOut },
  };
  app.put(ONE, { onRequest: requireOperator(context), schema }, async (request) => {
    const changed = await change(book, authorOf(request), async (tx) => {
      const holiday = await requireHoliday(tx, idOf(request));
      return holidayOut(tx, await changeHoliday(tx, holiday, await readHoliday(tx, request.body)));
    });
    forgetLenderCalendar(book);
    return changed;
  });
}

function addActivation({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'activateHoliday',
      summary: 'Let a holiday hold',
      description:
        'For due dates of loans made from now on: a loan keeps the holidays that it was made with. Whether ' +
        'money may move on it is asked for all loans.',
      errors: ['not_found', 'aborted'],
    }),
    params: Path,
    headers: IdempotencyHeader,
    response: { 200: HolidayOut },
  };
  app.post(`${ONE}/activate`, { onRequest: requireOperator(context), schema }, async (request, reply) => {
    const id = idOf(request);
    await answerPost(request, reply, {
      book,
      path: `${ALL}/${id}/activate`,
      work: async (tx) => holidayOut(tx, await activateHoliday(tx, await requireHoliday(tx, id))),
    });
    forgetLenderCalendar(book);
  });
}

function addDelete({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'deleteHoliday',
      summary: 'Delete a holiday',
      description: 'Loans that were made with it keep it.',
      errors: ['not_found', 'aborted'],
    }),
    params: Path,
    response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted' }) },
  };
  app.delete(ONE, { onRequest: requireOperator(context), schema }, async (request, reply) => {
    await change(book, authorOf(request), async (tx) => {
      await removeHoliday(tx, await requireHoliday(tx, idOf(request)));
    });
    forgetLenderCalendar(book);
    await reply.code(204).send(undefined);
  });
}
