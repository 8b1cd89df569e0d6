/** The life of a customer: created, changed, activated, closed, deleted. */

import {
  activateCustomer as activated,
  type Customer,
  type CustomerApplication,
  type CustomerChange,
  changeCustomer as changed,
  closeCustomer as closed,
  newCustomer,
  requireDeletable,
} from '../domain/customer.ts';
import type { CivilDate } from '../domain/date.ts';
import { Refusal } from '../domain/refusal.ts';
import { findClosureReason, findOffice, HEAD_OFFICE_ID } from '../store/configuration/references.ts';
import {
  type BookedCustomer,
  deleteCustomer,
  findCustomer,
  insertCustomer,
  lockCustomer,
  updateCustomer,
} from '../store/customers.ts';
import type { Tx } from '../store/database.ts';
import { freeExternalId, takeExternalId } from '../store/externalIds.ts';
import { LostVersion } from '../store/failure.ts';
import { hasLoans, hasOpenLoans, renameCustomerOfLoans } from '../store/loans/ofCustomer.ts';
import { noteChange } from './audit/trail.ts';
import type { Book } from './book.ts';
import { readBusinessDate } from './readBusinessDate.ts';

export type CustomerRequest = CustomerApplication & { readonly officeId?: bigint | undefined };

export async function createCustomer(tx: Tx, book: Book, request: CustomerRequest): Promise<BookedCustomer> {
  const officeId = request.officeId ?? HEAD_OFFICE_ID;
  if (!(await findOffice(tx, officeId)))
    throw new Refusal('not_found', 'office_unknown', `office ${officeId} does not exist`, 'officeId');
  const customer = newCustomer(request, officeId, await readBusinessDate(tx, book));
  const id = await book.identity.next(tx, 'customer');
  const named = { kind: 'customer', externalId: customer.externalId } as const;
  if (!(await takeExternalId(tx, named, id))) throw externalIdTaken();
  await insertCustomer(tx, { id: id, customer, now: book.clock.now() });
  const after = { version: 1, status: customer.status };
  noteChange(tx, { kind: 'customer', id, version: 1, before: null, after });
  return requireCustomer(tx, id);
}

export async function changeCustomer(
  tx: Tx,
  book: Book,
  request: { readonly id: bigint; readonly change: CustomerChange },
): Promise<BookedCustomer> {
  const before = await heldCustomer(tx, request.id);
  const after = changed(before, request.change, await readBusinessDate(tx, book));
  if (after.externalId !== before.externalId) await renameExternally(tx, before, after.externalId);
  await save(tx, book, { before, after });
  const { externalId, displayName } = after;
  if (externalId !== before.externalId || displayName !== before.displayName)
    await renameCustomerOfLoans(tx, { id: before.id, externalId, displayName });
  return requireCustomer(tx, before.id);
}

export async function activateCustomer(
  tx: Tx,
  book: Book,
  request: { readonly id: bigint; readonly on: CivilDate },
): Promise<BookedCustomer> {
  const before = await heldCustomer(tx, request.id);
  await save(tx, book, { before, after: activated(before, request.on, await readBusinessDate(tx, book)) });
  return requireCustomer(tx, before.id);
}

export async function closeCustomer(
  tx: Tx,
  book: Book,
  request: { readonly id: bigint; readonly on: CivilDate; readonly reason: bigint | string },
): Promise<BookedCustomer> {
  const before = await heldCustomer(tx, request.id);
  const reason = await findClosureReason(tx, request.reason);
  if (!reason)
    throw new Refusal('invalid_argument', 'closure_reason_unknown', 'unknown reason', 'closureReasonId');
  const closure = { on: request.on, reasonId: reason.id, hasOpenLoans: await hasOpenLoans(tx, before.id) };
  await save(tx, book, { before, after: closed(before, closure, await readBusinessDate(tx, book)) });
  return requireCustomer(tx, before.id);
}

export async function removeCustomer(tx: Tx, id: bigint): Promise<void> {
  const customer = await heldCustomer(tx, id);
  requireDeletable(customer, { hasLoans: await hasLoans(tx, id) });
  await freeExternalId(tx, { kind: 'customer', externalId: customer.externalId });
  await deleteCustomer(tx, customer);
  const { version, status } = customer;
  noteChange(tx, { kind: 'customer', id, version: version + 1, before: { version, status }, after: null });
}

export async function requireCustomer(tx: Tx, id: bigint): Promise<BookedCustomer> {
  const customer = await findCustomer(tx, id);
  if (customer) return customer;
  throw new Refusal('not_found', 'customer_unknown', `customer ${id} does not exist`);
}

/** The customer, kept from everybody else until the transaction ends. */
async function heldCustomer(tx: Tx, id: bigint): Promise<BookedCustomer> {
  await lockCustomer(tx, id);
  return requireCustomer(tx, id);
}

async function renameExternally(tx: Tx, before: BookedCustomer, externalId: string): Promise<void> {
  if (!(await takeExternalId(tx, { kind: 'customer', externalId }, before.id))) throw externalIdTaken();
  await freeExternalId(tx, { kind: 'customer', externalId: before.externalId });
}

async function save(
  tx: Tx,
  book: Book,
  row: { readonly before: BookedCustomer; readonly after: Customer },
): Promise<void> {
  if (!(await updateCustomer(tx, { ...row, now: book.clock.now() })))
    throw new LostVersion(`customer ${row.before.id} was changed by another writer`);
  const { id, version, status } = row.before;
  const after = { version: version + 1, status: row.after.status };
  noteChange(tx, { kind: 'customer', id, version: version + 1, before: { version, status }, after });
}

const externalIdTaken = (): Refusal =>
  new Refusal(
    'aborted',
    'external_id_taken',
    'another customer with this externalId already exists',
    'externalId',
  );
