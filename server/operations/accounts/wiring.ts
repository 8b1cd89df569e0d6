import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../store/database.ts';

/** What the operations on accounts and keys need; an `AppContext` has it all. */
export interface AccountWiring {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'keySecret' | 'authUrl'>;
}
