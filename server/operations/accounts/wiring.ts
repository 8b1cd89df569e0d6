import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Database, Tx } from '../../store/database.ts';
import { recorded } from '../audit/recorded.ts';
import type { Author } from '../audit/trail.ts';

/** What the operations on accounts and keys need; an `AppContext` has it all. */
export interface AccountWiring {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'keySecret' | 'authUrl'>;
}

/** The same wiring in the name of somebody: what is done with it goes into the audit trail. */
export function onBehalfOf<Wiring extends AccountWiring>(wiring: Wiring, by: Author): Wiring {
  const { db } = wiring;
  return { ...wiring, db: { ...db, transaction: (work) => recorded(wiring, by, work) } };
}

/** The same wiring inside a transaction that has begun: what is done with it is committed by that one. */
export function inside<Wiring extends AccountWiring>(wiring: Wiring, tx: Tx): Wiring {
  return { ...wiring, db: { ...wiring.db, read: tx, transaction: (work) => work(tx) } };
}
