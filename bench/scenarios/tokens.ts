/** What verifying a token costs the api on one core: one it knows, and one it meets for the first time. */
import { systemClock } from '../../server/clock.ts';
import { keysOfAuthHost } from '../../server/operations/accounts/publicKeys.ts';
import { openTokenVerifier } from '../../server/operations/accounts/tokenVerifier.ts';
import { openDatabase } from '../../server/store/database.ts';
import type { BenchServer } from '../place/server.ts';

export interface TokenCost {
  /** In microseconds of processor time. */
  readonly known: number;
  readonly met: number;
}

const KNOWN_CALLS = 50_000;
const MET_CALLS = 500;

export async function measureTokens({ client, authUrl, databaseUrl }: BenchServer): Promise<TokenCost> {
  const token = await client.auth.token();
  const db = openDatabase(databaseUrl, { poolSize: 2 });
  const keys = keysOfAuthHost(authUrl);
  const published = await keys();
  try {
    const open = () => openTokenVerifier({ db, clock: systemClock, keys: async () => published });
    const verifier = open();
    const verify = async (): Promise<void> => {
      if ((await verifier.verify(token)) === null) throw new Error('a good token was refused');
    };
    await verify();
    const known = await cost(KNOWN_CALLS, verify);
    // A verifier that has seen nothing: key, signature and account are all looked at.
    const met = await cost(MET_CALLS, async () => void (await open().verify(token)));
    return { known, met };
  } finally {
    await db.close();
  }
}

async function cost(calls: number, work: () => Promise<void>): Promise<number> {
  for (let call = 0; call < calls / 10; call += 1) await work();
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
