/**
 * The lender's calendar as this process knows it: asked of the database every other second at most, and anew
 * after it was changed here. Where every day works and there are no holidays it is null, and nobody asks on.
 */
import {
  ALL_DAYS,
  calendarFor,
  type LenderCalendar,
  mayBeHoliday,
  requireOpenDay,
} from '../../domain/calendar/lenderCalendar.ts';
import { EVERY_DAY, type WorkingCalendar } from '../../domain/calendar/workingCalendar.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { LoanCommand } from '../../domain/decide.ts';
import { findOfficeOf, findWorkingDays, listHolidays } from '../../store/configuration/calendar.ts';
import type { Database, Tx } from '../../store/database.ts';
import type { Book } from '../book.ts';

const KNOWN_MILLISECONDS = 2_000;

interface Known {
  readonly calendar: LenderCalendar | null;
  readonly at: number;
}

const knownOf = new WeakMap<Database, Known>();

type Wiring = Pick<Book, 'db'>;

/** Undefined where it has to be asked for. */
function calendarKnown(db: Database): LenderCalendar | null | undefined {
  const known = knownOf.get(db);
  return known !== undefined && Date.now() - known.at < KNOWN_MILLISECONDS ? known.calendar : undefined;
}

/** Whether it is known that every day works: most lenders have nothing to look up then. */
export const isAlwaysOpen = ({ db }: Wiring): boolean => calendarKnown(db) === null;

export async function readLenderCalendar({ db }: Wiring): Promise<LenderCalendar | null> {
  const known = calendarKnown(db);
  if (known !== undefined) return known;
  // Taken before the reading: what changes while it is under way must not count as seen.
  const at = Date.now();
  const [workingDays = ALL_DAYS, all] = await Promise.all([findWorkingDays(db.read), listHolidays(db.read)]);
  const holidays = all.filter(({ status }) => status === 'active');
  const isOpen = workingDays.workingDays.length === EVERY_DAY.length && holidays.length === 0;
  const calendar = isOpen ? null : { workingDays, holidays };
  knownOf.set(db, { calendar, at });
  return calendar;
}

/** After a change was committed here. */
export function forgetLenderCalendar({ db }: Wiring): void {
  knownOf.delete(db);
}

/** What a new loan keeps of it. */
export async function calendarOfLoan(
  book: Wiring,
  begins: { readonly office: bigint; readonly since: CivilDate },
): Promise<{ readonly calendar?: WorkingCalendar }> {
  const known = await readLenderCalendar(book);
  const calendar = known === null ? undefined : calendarFor(known, begins);
  return calendar === undefined ? {} : { calendar };
}

/** The day on which a new loan is paid out. */
export async function requireOpenOffice(book: Wiring, day: CivilDate, office: bigint): Promise<void> {
  const known = await readLenderCalendar(book);
  if (known !== null) requireOpenDay(known, day, office);
}

/** Money of a running loan moves on days on which its office works, unless the lender allows it on others. */
export async function requireOpenDays(
  tx: Tx,
  book: Wiring,
  wish: { readonly customerId: bigint; readonly commands: readonly LoanCommand[] },
): Promise<void> {
  const known = await readLenderCalendar(book);
  if (known === null) return;
  const days = wish.commands.flatMap((command) => movedOn(command) ?? []);
  const isAsked = days.some((day) => mayBeHoliday(known, day));
  const office = isAsked ? ((await findOfficeOf(tx, wish.customerId)) ?? null) : null;
  for (const day of days) requireOpenDay(known, day, office);
}

/** The day on which the command moves money that somebody brings or takes. */
function movedOn(command: LoanCommand): CivilDate | null {
  switch (command.kind) {
    case 'pay':
    case 'payCharge':
    case 'adjustCharge':
    case 'refundCharge':
    case 'chargeback':
    case 'disburse':
      return command.on;
    case 'adjust':
      return command.amount > 0n ? command.on : null;
    default:
      return null;
  }
}
