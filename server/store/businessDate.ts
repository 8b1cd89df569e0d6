/** The business date of a sandbox, moved by hand. */
import type { CivilDate } from '../domain/date.ts';
import type { Tx } from './database.ts';

export async function findBusinessDate(tx: Tx): Promise<CivilDate | undefined> {
  const [row] = await tx.query<{ day: CivilDate }>('select day from business_date where id = 1');
  return row?.day;
}

export async function saveBusinessDate(tx: Tx, day: CivilDate): Promise<void> {
  await tx.query(
    'insert into business_date (id, day) values (1, $1) on conflict (id) do update set day = excluded.day',
    [day],
  );
}
