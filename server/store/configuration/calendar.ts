/** Working days and holidays as rows. */
import type { Holiday, WorkingDays } from '../../domain/calendar/lenderCalendar.ts';
import type { NonWorkingDayRule } from '../../domain/calendar/workingCalendar.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { Tx } from '../database.ts';

export interface StoredWorkingDays extends WorkingDays {
  readonly version: number;
}

interface WorkingDaysRow {
  days: number[];
  non_working_day_rule: NonWorkingDayRule;
  extends_daily_term: boolean;
  allows_on_non_working_days: boolean;
  allows_on_holidays: boolean;
  version: number;
}

/** Undefined as long as nobody has said anything. */
export async function findWorkingDays(tx: Tx): Promise<StoredWorkingDays | undefined> {
  const [row] = await tx.query<WorkingDaysRow>(
    `select days, non_working_day_rule, extends_daily_term, allows_on_non_working_days, allows_on_holidays,
       version
     from working_days where id = 1`,
  );
  return (
    row && {
      workingDays: row.days,
      nonWorkingDayRule: row.non_working_day_rule,
      extendsDailyTerm: row.extends_daily_term,
      allowsOnNonWorkingDays: row.allows_on_non_working_days,
      allowsOnHolidays: row.allows_on_holidays,
      version: row.version,
    }
  );
}

/** Answers false when another writer came first; `version` is the one that was read, 0 of none. */
export async function saveWorkingDays(tx: Tx, { version, ...days }: StoredWorkingDays): Promise<boolean> {
  const rows = await tx.query(
    `insert into working_days as w (id, days, non_working_day_rule, extends_daily_term,
       allows_on_non_working_days, allows_on_holidays, version)
     values (1, $1, $2, $3, $4, $5, 1)
     on conflict (id) do update set days = excluded.days,
       non_working_day_rule = excluded.non_working_day_rule, extends_daily_term = excluded.extends_daily_term,
       allows_on_non_working_days = excluded.allows_on_non_working_days,
       allows_on_holidays = excluded.allows_on_holidays, version = w.version + 1
     where w.version = $6 returning id`,
    [
      JSON.stringify(days.workingDays),
      days.nonWorkingDayRule,
      days.extendsDailyTerm,
      days.allowsOnNonWorkingDays,
      days.allowsOnHolidays,
      version,
    ],
  );
  return rows.length === 1;
}

export interface StoredHoliday extends Holiday {
  readonly id: bigint;
  readonly version: number;
}

interface HolidayRow {
  id: bigint;
  name: string;
  description: string;
  offices: string[];
  from_date: CivilDate;
  to_date: CivilDate;
  rescheduled_to: CivilDate | null;
  status: Holiday['status'];
  version: number;
}

const COLUMNS = 'id, name, description, offices, from_date, to_date, rescheduled_to, status, version';

const toHoliday = (row: HolidayRow): StoredHoliday => ({
  id: row.id,
  name: row.name,
  description: row.description,
  offices: row.offices.map(BigInt),
  from: row.from_date,
  to: row.to_date,
  rescheduledTo: row.rescheduled_to,
  status: row.status,
  version: row.version,
});

/** Those that were not deleted, the earliest first. */
export async function listHolidays(tx: Tx): Promise<StoredHoliday[]> {
  const rows = await tx.query<HolidayRow>(
    `select ${COLUMNS} from holiday where status <> 'deleted' order by from_date, id`,
  );
  return rows.map(toHoliday);
}

export async function findHoliday(tx: Tx, id: bigint): Promise<StoredHoliday | undefined> {
  const [row] = await tx.query<HolidayRow>(
    `select ${COLUMNS} from holiday where id = $1 and status <> 'deleted'`,
    [id],
  );
  return row && toHoliday(row);
}

export async function nextHolidayId(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>("select nextval('holiday_id') as id");
  return row?.id ?? 0n;
}

const valuesOf = ({ id, name, description, offices, ...rest }: StoredHoliday): unknown[] => [
  id,
  name,
  description,
  JSON.stringify(offices.map(String)),
  rest.from,
  rest.to,
  rest.rescheduledTo,
  rest.status,
];

/** Answers false, and changes nothing, when another one has the name. */
export async function insertHoliday(tx: Tx, holiday: StoredHoliday): Promise<boolean> {
  const rows = await tx.query(
    `insert into holiday (id, name, description, offices, from_date, to_date, rescheduled_to, status, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 1) on conflict do nothing returning id`,
    valuesOf(holiday),
  );
  return rows.length === 1;
}

/** Answers false when another writer came first; `version` is the one that was read. */
export async function updateHoliday(tx: Tx, holiday: StoredHoliday): Promise<boolean> {
  const rows = await tx.query(
    `update holiday set name = $2, description = $3, offices = $4, from_date = $5, to_date = $6,
       rescheduled_to = $7, status = $8, version = version + 1
     where id = $1 and version = $9 returning id`,
    [...valuesOf(holiday), holiday.version],
  );
  return rows.length === 1;
}

/** The office of a customer. */
export async function findOfficeOf(tx: Tx, customerId: bigint): Promise<bigint | undefined> {
  const [row] = await tx.query<{ office: bigint }>('select office_id as office from customer where id = $1', [
    customerId,
  ]);
  return row?.office;
}
