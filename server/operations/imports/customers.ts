/** Customers by the thousand: as when each is created, all of a call in one transaction. */
import { newCustomer } from '../../domain/customer.ts';
import type { CivilDate } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { NewCustomer } from '../../store/bulk/borrowers.ts';
import { findOffice, HEAD_OFFICE_ID } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { listNamed } from '../../store/ledger/verification.ts';
import type { Book } from '../book.ts';
import type { CustomerRequest } from '../customers.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { storeCustomers } from './borrowers.ts';
import { orRefusal } from './decided.ts';
import type { Imported, ImportMode, RefusedLine } from './lines.ts';

export interface CustomerLine {
  readonly line: number;
  readonly request: CustomerRequest;
}

/** In a transaction that can copy. A customer whose external id is in the book is skipped. */
export async function importCustomers(
  tx: Tx,
  book: Book,
  { lines, mode }: { readonly lines: readonly CustomerLine[]; readonly mode: ImportMode },
): Promise<Imported> {
  const desk = await openDesk(tx, book, lines);
  const made: NewCustomer['customer'][] = [];
  const refused: RefusedLine[] = [];
  let skipped = 0;
  for (const { line, request } of lines) {
    const outcome = orRefusal(() => judged(desk, request));
    if (outcome instanceof Refusal) refused.push({ line, externalId: request.externalId, refusal: outcome });
    else if (outcome === undefined) skipped += 1;
    else made.push(outcome);
  }
  const isStored = mode === 'importable' || (mode === 'whole' && refused.length === 0);
  if (isStored && made.length > 0) {
    const ids = await book.identity.several(tx, 'customer', made.length);
    const rows = made.map((customer, index) => ({ id: ids[index] ?? 0n, customer }));
    await storeCustomers(tx, book, rows);
  }
  const imported = mode === 'whole' && !isStored ? 0 : made.length;
  return { imported, skipped, customersMade: imported, refused };
}

interface Desk {
  readonly businessDate: CivilDate;
  readonly known: ReadonlySet<string>;
  readonly offices: ReadonlySet<bigint>;
  /** Names that lines of this call have, as they are met. */
  readonly met: Set<string>;
}

async function openDesk(tx: Tx, book: Book, lines: readonly CustomerLine[]): Promise<Desk> {
  const externalIds = lines.map(({ request }) => request.externalId);
  const named = await listNamed(tx, { kind: 'customer', externalIds });
  const offices = new Set<bigint>();
  for (const id of new Set(lines.map(({ request }) => request.officeId ?? HEAD_OFFICE_ID)))
    if (await findOffice(tx, id)) offices.add(id);
  const businessDate = await readBusinessDate(tx, book);
  return { businessDate, offices, known: new Set(named.map(({ externalId }) => externalId)), met: new Set() };
}

/** Undefined when the customer is in the book already. */
function judged({ businessDate, known, offices, met }: Desk, request: CustomerRequest) {
  const { externalId, officeId = HEAD_OFFICE_ID } = request;
  if (met.has(externalId))
    throw new Refusal(
      'aborted',
      'external_id_taken',
      'another line of this call has this externalId',
      'externalId',
    );
  met.add(externalId);
  if (known.has(externalId)) return undefined;
  if (!offices.has(officeId))
    throw new Refusal('not_found', 'office_unknown', `office ${officeId} does not exist`, 'officeId');
  return newCustomer(request, officeId, businessDate);
}
