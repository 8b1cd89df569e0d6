/** How the loans stood at the close of a day: made once, from columns beside the documents, then only read. */
import type { CivilDate } from '../../domain/date.ts';
import { AGE_RANGES, RISK_DAYS, type Standing, type StandingState } from '../../domain/report/portfolio.ts';
import type { Tx } from '../database.ts';
import { type Condition, where } from '../page.ts';

const STATE = `case when status = 'writtenOff' then 'writtenOff' when is_charged_off then 'chargedOff'
  else 'active' end`;
const DAYS_PAST_DUE = 'greatest(0, $1::date - coalesce(oldest_unpaid_due_date, $1::date))';
const COHORT = `date_trunc('month', disbursed_on)::date`;
const PRINCIPAL = `case when status = 'writtenOff' then principal_written_off else principal_outstanding end`;
/** Loans that owe something, and those whose debt was given up. */
const STANDING = `deleted_at is null and disbursed_on <= $1::date and status in ('active', 'writtenOff')`;

/** Takes the place of what was taken for that day before. A look at every loan: not for a caller who waits. */
export async function takeStandings(tx: Tx, day: CivilDate, now: Date): Promise<void> {
  await withoutTimeout(tx);
  await tx.query('delete from standing where day = $1', [day]);
  await tx.query(
    `insert into standing (day, product_id, cohort, state, days_past_due, loans, principal, interest, fees,
       penalties)
     select $1::date, product_id, ${COHORT}, ${STATE}, ${DAYS_PAST_DUE}, count(*), sum(${PRINCIPAL}),
       sum(interest_outstanding), sum(fees_outstanding), sum(penalties_outstanding)
     from loan where ${STANDING} group by 2, 3, 4, 5`,
    [day],
  );
  await tx.query(
    `insert into standing_day (day, taken_at) values ($1, $2)
     on conflict (day) do update set taken_at = $2`,
    [day, now],
  );
}

const withoutTimeout = (tx: Tx): Promise<unknown> => tx.query('set local statement_timeout = 0');

interface StandingRow {
  day: CivilDate;
  product_id: bigint;
  cohort: CivilDate;
  state: StandingState;
  days_past_due: number;
  loans: bigint;
  principal: bigint;
  interest: bigint;
  fees: bigint;
  penalties: bigint;
}

export interface StandingOfDay extends Standing {
  readonly day: CivilDate;
}

export interface DayFilter {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly productId?: bigint | undefined;
}

/**
 * Days past due at which a report draws a line. Reports ask for nothing between them, so standings are added
 * up from line to line before they are read: of a large book that leaves a few rows a day instead of
 * thousands.
 */
const LINES = [...new Set([...RISK_DAYS, ...AGE_RANGES.map(({ from }) => from)])].sort((a, b) => b - a);
const LINE = `case ${LINES.map((days) => `when days_past_due >= ${days} then ${days}`).join(' ')} end`;
const SUMS = ['loans', 'principal', 'interest', 'fees', 'penalties']
  .map((name) => `sum(${name})::bigint as ${name}`)
  .join(', ');

/** Months of disbursement together, under the first of them. */
export async function listStandings(tx: Tx, filter: DayFilter): Promise<StandingOfDay[]> {
  const { text, values } = conditionsOf(filter);
  const rows = await tx.query<StandingRow>(
    `select day, product_id, min(cohort) as cohort, state, ${LINE} as days_past_due, ${SUMS}
     from standing${text} group by day, product_id, state, 5 order by 1, 2, 4, 5`,
    values,
  );
  return rows.map(toStanding);
}

/** The last closed day of each month, and the last one of all. */
export async function listMonthlyStandings(
  tx: Tx,
  to: CivilDate,
  productId?: bigint,
): Promise<StandingOfDay[]> {
  const ofProduct: Condition[] = productId === undefined ? [] : [['product_id = ?', productId]];
  const { text, values } = where([['day <= ?', to], ...ofProduct]);
  const rows = await tx.query<StandingRow>(
    `with last as (
       select max(day) as day from standing_day where day <= $1 group by date_trunc('month', day)
     )
     select day, product_id, cohort, state, ${LINE} as days_past_due, ${SUMS}
     from standing${text} and day in (select day from last)
     group by day, product_id, cohort, state, 5 order by 1, 2, 3, 4, 5`,
    values,
  );
  return rows.map(toStanding);
}

/** The latest day up to `day` whose standings were taken. */
export async function findStandingDay(tx: Tx, day: CivilDate): Promise<CivilDate | undefined> {
  const [row] = await tx.query<{ day: CivilDate | null }>(
    'select max(day) as day from standing_day where day <= $1',
    [day],
  );
  return row?.day ?? undefined;
}

const conditionsOf = ({ from, to, productId }: DayFilter) =>
  where([
    ['day >= ?', from],
    ['day <= ?', to],
    ...(productId === undefined ? [] : ([['product_id = ?', productId]] as const)),
  ]);

const toStanding = (row: StandingRow): StandingOfDay => ({
  day: row.day,
  productId: row.product_id,
  cohort: row.cohort,
  state: row.state,
  daysPastDue: row.days_past_due,
  loans: Number(row.loans),
  principal: row.principal,
  interest: row.interest,
  fees: row.fees,
  penalties: row.penalties,
});

/** `current`, `days1to29` ...: the ranges of the ageing as SQL. */
const BUCKET = [
  ...AGE_RANGES.filter(({ to }) => Number.isFinite(to)).map(
    ({ key, to }) => `when ${DAYS_PAST_DUE} <= ${to} then '${key}'`,
  ),
  `else '${AGE_RANGES.at(-1)?.key}'`,
].join(' ');

/**
 * At the end of a month: where each loan stands, and into which range it went since the month's end before.
 * A loan that is no longer there was settled; one that was not there before is new.
 */
export async function takeRollRates(
  tx: Tx,
  { day, before }: { day: CivilDate; before: CivilDate },
): Promise<void> {
  await withoutTimeout(tx);
  await tx.query('delete from month_end where day = $1 or day < $2', [day, before]);
  await tx.query(
    `insert into month_end (loan_id, day, product_id, bucket, principal)
     select id, $1::date, product_id,
       case when ${STATE} <> 'active' then ${STATE} ${BUCKET} end, ${PRINCIPAL}
     from loan where ${STANDING}`,
    [day],
  );
  await tx.query('delete from roll_rate where day = $1', [day]);
  await tx.query(
    `insert into roll_rate (day, product_id, from_bucket, to_bucket, loans, principal)
     select $1::date, coalesce(a.product_id, b.product_id), coalesce(b.bucket, 'new'),
       coalesce(a.bucket, 'settled'), count(*), sum(coalesce(b.principal, a.principal))
     from (select * from month_end where day = $1) a
       full join (select * from month_end where day = $2) b on b.loan_id = a.loan_id
     group by 2, 3, 4`,
    [day, before],
  );
}

export interface RollRate {
  readonly productId: bigint;
  readonly fromBucket: string;
  readonly toBucket: string;
  readonly loans: bigint;
  readonly principal: bigint;
}

export async function listRollRates(tx: Tx, day: CivilDate, productId?: bigint): Promise<RollRate[]> {
  return tx.query<RollRate>(
    `select product_id as "productId", from_bucket as "fromBucket", to_bucket as "toBucket", loans, principal
     from roll_rate where day = $1 and ($2::bigint is null or product_id = $2)`,
    [day, productId ?? null],
  );
}
