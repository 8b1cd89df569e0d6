/** How many connections the database has for us. */
import type { Tx } from './database.ts';

/** What an ordinary user may open, all programs together. */
export async function readConnectionLimit(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ allowed: number }>(
    `select current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int as allowed`,
  );
  return row?.allowed ?? 0;
}
