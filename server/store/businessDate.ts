/** The business date of a sandbox, moved by hand. */
import type { CivilDate } from '../domain/date.ts';
import { find } from './batch/member.ts';
import { oneByOne } from './batch/readings.ts';
import type { Tx } from './database.ts';

const TODAY = 'today';

const BUSINESS_DATES = oneByOne<typeof TODAY, CivilDate>('business date', async (tx) => {
  const [row] = await tx.query<{ day: CivilDate }>('select day from business_date where id = 1');
  return row?.day;
});

export const findBusinessDate = (tx: Tx): Promise<CivilDate | undefined> => find(tx, BUSINESS_DATES, TODAY);

/** Who moves the date holds it first: of two at a time the second sees what the first made of it. */
export async function lockBusinessDate(tx: Tx): Promise<void> {
  await tx.query('select day from business_date where id = 1 for update');
}

export async function saveBusinessDate(tx: Tx, day: CivilDate): Promise<void> {
  await tx.query(
    'insert into business_date (id, day) values (1, $1) on conflict (id) do update set day = excluded.day',
    [day],
  );
}
