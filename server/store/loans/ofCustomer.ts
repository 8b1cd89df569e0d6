/** What customers ask of the loans. */
import type { Tx } from '../database.ts';

export async function hasLoans(tx: Tx, customerId: bigint): Promise<boolean> {
  const rows = await tx.query('select id from loan where customer_id = $1 and deleted_at is null limit 1', [
    customerId,
  ]);
  return rows.length > 0;
}

export async function hasOpenLoans(tx: Tx, customerId: bigint): Promise<boolean> {
  const rows = await tx.query(
    `select id from loan where customer_id = $1 and deleted_at is null
       and status in ('pending', 'approved', 'active', 'overpaid') limit 1`,
    [customerId],
  );
  return rows.length > 0;
}

/** Loans carry a copy of their customer's names. */
export async function renameCustomerOfLoans(
  tx: Tx,
  customer: { readonly id: bigint; readonly externalId: string; readonly displayName: string },
): Promise<void> {
  // Deleted loans are left out as in every index by customer: without one, all loans would be looked through.
  await tx.query(
    `update loan set customer_external_id = $2, customer_name = $3
     where customer_id = $1 and deleted_at is null`,
    [customer.id, customer.externalId, customer.displayName],
  );
}
