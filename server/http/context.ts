import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { TokenVerifier } from '../operations/accounts/caller.ts';
import { keysOfAuthHost, localKeys } from '../operations/accounts/publicKeys.ts';
import { openTokenVerifier } from '../operations/accounts/tokenVerifier.ts';
import type { Database } from '../store/database.ts';
import type { Peers } from './edge/peers.ts';

/** Everything a route may reach. Made once by the wiring in main. */
export interface AppContext {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly tokens: TokenVerifier;
  readonly log: FastifyBaseLogger;
  /** The other processes that share the ports; absent: there are none. */
  readonly peers?: Peers;
}

/** The server as route files see it: TypeBox schemas give validation, types and the OpenAPI document. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface Wiring extends Omit<AppContext, 'tokens'> {
  /** True when the auth host is another process: public keys are then fetched from it. */
  readonly authRunsApart: boolean;
}

export function createContext({ authRunsApart, ...parts }: Wiring): AppContext {
  const { db, clock, config } = parts;
  const keys = authRunsApart ? keysOfAuthHost(config.authUrl) : localKeys({ db });
  return { ...parts, tokens: openTokenVerifier({ db, clock, keys }) };
}
