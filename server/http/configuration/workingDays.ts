/** The days of the week on which the lender works, over HTTP: read by everybody, set by operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { WorkingDays } from '../../domain/calendar/lenderCalendar.ts';
import type { NonWorkingDayRule } from '../../domain/calendar/workingCalendar.ts';
import { change } from '../../operations/change.ts';
import { readWorkingDays, setWorkingDays } from '../../operations/configuration/calendar.ts';
import { forgetLenderCalendar } from '../../operations/configuration/lenderCalendar.ts';
import { authorOf, requireOperator, requireReader } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { word } from '../products/fields.ts';
import { words } from '../products/words.ts';
import { noun } from '../values.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
type Weekday = (typeof WEEKDAYS)[number];

const RuleWords = words<NonWorkingDayRule>({
  SAME_DAY: ['Same day', 1],
  NEXT_WORKING_DAY: ['Next working day', 2],
  NEXT_REPAYMENT_DATE: ['Next repayment date', 3],
  PREVIOUS_WORKING_DAY: ['Previous working day', 4],
});

const fieldsOf = (side: 'in' | 'out') => ({
  workingDays: Type.Array(Type.Unsafe<Weekday>({ type: 'string', enum: [...WEEKDAYS] }), {
    minItems: 1,
    maxItems: 7,
    uniqueItems: true,
    examples: [['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']],
  }),
  nonWorkingDayRule: word(side, RuleWords, 'Where a due date goes that falls on another day'),
});
const settledOf = {
  extendTermForDailyRepayments: Type.Boolean({
    description: 'Loans that are repaid day by day end later by the days on which nobody works',
    examples: [false],
  }),
  allowTransactionsOnNonWorkingDays: Type.Boolean({ description: 'Money may move then', examples: [true] }),
  allowTransactionsOnHolidays: Type.Boolean({ description: 'Money may move then', examples: [true] }),
};

export const WorkingDaysIn = Type.Object({
  ...fieldsOf('in'),
  extendTermForDailyRepayments: Type.Optional(settledOf.extendTermForDailyRepayments),
  allowTransactionsOnNonWorkingDays: Type.Optional(settledOf.allowTransactionsOnNonWorkingDays),
  allowTransactionsOnHolidays: Type.Optional(settledOf.allowTransactionsOnHolidays),
});
const WorkingDaysOut = noun('WorkingDays', { ...fieldsOf('out'), ...settledOf });

export const workingDaysOut = (days: WorkingDays): Static<typeof WorkingDaysOut> => ({
  workingDays: days.workingDays.flatMap((day) => WEEKDAYS[day - 1] ?? []),
  nonWorkingDayRule: RuleWords.labelOf(days.nonWorkingDayRule),
  extendTermForDailyRepayments: days.extendsDailyTerm,
  allowTransactionsOnNonWorkingDays: days.allowsOnNonWorkingDays,
  allowTransactionsOnHolidays: days.allowsOnHolidays,
});

/** What is left out is as it is where nobody has said anything. */
export const readWorkingWeek = (given: Static<typeof WorkingDaysIn>): WorkingDays => ({
  workingDays: given.workingDays.map((day) => WEEKDAYS.indexOf(day) + 1).sort(),
  nonWorkingDayRule: RuleWords.keyOf(given.nonWorkingDayRule),
  extendsDailyTerm: given.extendTermForDailyRepayments ?? false,
  allowsOnNonWorkingDays: given.allowTransactionsOnNonWorkingDays ?? true,
  allowsOnHolidays: given.allowTransactionsOnHolidays ?? true,
});

const PATH = '/v1/working-days';

export async function workingDaysRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  const shown = {
    ...endpoint({
      id: 'getWorkingDays',
      tag: 'Operators',
      summary: 'The days on which the lender works',
      caller: 'token',
    }),
    response: { 200: WorkingDaysOut },
  };
  app.get(PATH, { onRequest: requireReader(context), schema: shown }, async () =>
    workingDaysOut(await readWorkingDays(book.db.read)),
  );
  const set = {
    ...endpoint({
      id: 'setWorkingDays',
      tag: 'Operators',
      summary: 'Set the days on which the lender works',
      description:
        'For due dates of loans made from now on: a loan keeps the days that it was made with. Whether money ' +
        'may move on other days holds for all loans, in other processes two seconds later.',
      caller: 'operator',
    }),
    body: WorkingDaysIn,
    response: { 200: WorkingDaysOut },
  };
  app.put(PATH, { onRequest: requireOperator(context), schema: set }, async (request) => {
    const asked = readWorkingWeek(request.body);
    const days = await change(book, authorOf(request), (tx) => setWorkingDays(tx, asked));
    forgetLenderCalendar(book);
    return workingDaysOut(days);
  });
}
