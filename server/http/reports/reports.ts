/**
 * Reports, for operators: as JSON, CSV or XLSX. Each is a route of its own, so that the document tells its
 * fields.
 */
import { type TSchema, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addDays, type CivilDate, daysBetween, isMonthEnd, monthEndBefore } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Column, ReportTable } from '../../domain/report/table.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import type { ReportDefinition, ReportScope } from '../../operations/reports/definition.ts';
import { reportParts, wholeReport } from '../../operations/reports/parts.ts';
import { REPORTS } from '../../operations/reports/reports.ts';
import { findStandingDay } from '../../store/reports/standings.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { DateIn, DateOut, IdIn, readDate, readFilterId } from '../values.ts';
import { CONTENT_TYPES, csvStream, FORMATS, type Format, jsonRows, MOST_ROWS, workbook } from './writing.ts';

const FormatIn = Type.Unsafe<Format>({
  type: 'string',
  enum: [...FORMATS],
  default: 'json',
  description: `csv has no limit; json holds ${MOST_ROWS.json} rows at most, xlsx ${MOST_ROWS.xlsx}`,
});
const ProductIn = Type.Optional(IdIn);

interface Query {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly productId?: string | number;
  readonly format?: Format;
}

/** Longer periods are several reports. */
const MOST_DAYS = 3660;

export async function reportRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  for (const definition of REPORTS) {
    const schema = {
      ...endpoint({
        id: `report${camel(definition.name)}`,
        tag: 'Reports',
        summary: definition.title,
        description: definition.description,
        caller: 'operator',
        errors: ['aborted'],
      }),
      querystring: querySchema(definition),
      response: { 200: answerSchema(definition) },
    };
    app.get(`/v1/reports/${definition.name}`, { onRequest, schema }, (request, reply) =>
      answer(context, definition, { request, reply }),
    );
  }
}

const camel = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const isOfDay = ({ about }: ReportDefinition): boolean => !about.endsWith('days');

function querySchema(definition: ReportDefinition) {
  const days = isOfDay(definition)
    ? { date: Type.Optional(DateIn) }
    : { from: Type.Optional(DateIn), to: Type.Optional(DateIn) };
  const product = definition.isByProduct ? { productId: ProductIn } : {};
  return Type.Object({ ...days, ...product, format: Type.Optional(FormatIn) });
}

const VALUE: Readonly<Record<Column['type'], TSchema>> = {
  text: Type.String(),
  date: DateOut,
  money: Type.Number(),
  count: Type.Integer(),
  share: Type.Number({ description: 'A part of 1, six decimals' }),
};

function answerSchema({ columns, title, name }: ReportDefinition) {
  const fields = columns.map(({ key, label, type }) => [
    key,
    Type.Optional({ ...VALUE[type], title: undefined, description: label } as TSchema),
  ]);
  const json = Type.Object({
    name: Type.String({ examples: [name] }),
    title: Type.String({ examples: [title] }),
    from: DateOut,
    to: DateOut,
    items: Type.Array(Type.Object(Object.fromEntries(fields) as Record<string, TSchema>)),
  });
  const file = Type.Unsafe<unknown>({ type: 'string' });
  return {
    content: {
      'application/json': { schema: json },
      'text/csv': { schema: file },
      [CONTENT_TYPES.xlsx]: { schema: file },
    },
  };
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(
  context: AppContext,
  definition: ReportDefinition,
  { request, reply }: Exchange,
): Promise<void> {
  const query = request.query as Query;
  const { db } = bookOf(context);
  const scope = await scopeOf(context, definition, query);
  const days = scope.from === scope.to ? [scope.to] : [scope.from, scope.to];
  const { title, columns } = definition;
  const { format = 'json' } = query;
  const parts = reportParts(db.read, definition, scope);
  const whole = async (limited: keyof typeof MOST_ROWS): Promise<ReportTable> => ({
    ...{ title, columns, days },
    rows: await wholeReport(parts, { most: MOST_ROWS[limited], format: limited }),
  });
  const bodyOf = {
    json: async () => jsonOf(definition, await whole('json')),
    xlsx: async () => workbook(await whole('xlsx')),
    csv: () => csvStream(columns, parts),
  };
  const body = await bodyOf[format]();
  reply.type(CONTENT_TYPES[format]);
  const file = `${definition.name}-${days.join('-to-')}.${format}`;
  if (format !== 'json') reply.header('content-disposition', `attachment; filename="${file}"`);
  await reply.send(body);
}

const jsonOf = ({ name, title }: ReportDefinition, table: ReportTable) => ({
  name,
  title,
  from: table.days[0],
  to: table.days.at(-1),
  items: jsonRows(table),
});

/** The days that are meant: given, or the latest that make sense. */
async function scopeOf(
  context: AppContext,
  definition: ReportDefinition,
  query: Query,
): Promise<ReportScope> {
  const book = bookOf(context);
  const today = await readBusinessDate(book.db.read, book);
  const productId = query.productId === undefined ? undefined : readFilterId(query.productId, 'productId');
  const rest = { productId, currency: context.config.currency };
  const given = query.date ?? query.to;
  const asked = given === undefined ? today : readDate(given, query.date === undefined ? 'to' : 'date');
  const isExact = query.date !== undefined && definition.about === 'closed day';
  const to = definition.about.startsWith('closed') ? await closedDay(context, asked, { isExact }) : asked;
  if (definition.about === 'closed months') return { ...monthsTo(to), ...rest };
  if (isOfDay(definition)) return { from: to, to, ...rest };
  const from = query.from === undefined ? addDays(to, -29) : readDate(query.from, 'from');
  requirePeriod(from, to);
  return { from, to, ...rest };
}

/** The latest end of a month up to a day, and the one before it. */
function monthsTo(day: CivilDate): { from: CivilDate; to: CivilDate } {
  const to = isMonthEnd(day) ? day : monthEndBefore(day);
  return { from: monthEndBefore(to), to };
}

/** Standings are there for days that were closed. */
async function closedDay(
  context: AppContext,
  asked: CivilDate,
  { isExact }: { isExact: boolean },
): Promise<CivilDate> {
  const found = await findStandingDay(bookOf(context).db.read, asked);
  if (found !== undefined && (!isExact || found === asked)) return found;
  const message =
    found === undefined
      ? `no day up to ${asked} has been closed yet: run close of business first`
      : `${asked} has not been closed: the last closed day up to it is ${found}`;
  throw new Refusal('aborted', 'day_not_closed', message);
}

function requirePeriod(from: CivilDate, to: CivilDate): void {
  if (from > to) throw new Refusal('invalid_argument', 'period_reversed', 'must not be after to', 'from');
  if (daysBetween(from, to) > MOST_DAYS)
    throw new Refusal(
      'invalid_argument',
      'period_long',
      `must not be more than ${MOST_DAYS} days before to`,
      'from',
    );
}
