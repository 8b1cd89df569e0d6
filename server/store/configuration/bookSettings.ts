/** Settings that the figures of the book depend on, by the names of their environment variables. */
import type { Tx } from '../database.ts';

export type BookSettings = Readonly<Record<string, string>>;

export async function readBookSettings(tx: Tx): Promise<BookSettings> {
  const rows = await tx.query<{ name: string; value: string }>('select name, value from book_setting');
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** What is there already stays. */
export async function insertBookSettings(tx: Tx, settings: BookSettings): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await tx.query('insert into book_setting (name, value) values ($1, $2) on conflict (name) do nothing', [
      name,
      value,
    ]);
}

export async function updateBookSetting(tx: Tx, name: string, value: string): Promise<void> {
  await tx.query('update book_setting set value = $2 where name = $1', [name, value]);
}

export async function hasLoans(tx: Tx): Promise<boolean> {
  return (await tx.query('select 1 as one from loan limit 1')).length > 0;
}
