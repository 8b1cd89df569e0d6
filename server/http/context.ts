import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { TokenVerifier } from '../operations/accounts/caller.ts';
import type { Database } from '../store/database.ts';

/** Everything a route may reach. Made once by the wiring in main. */
export interface AppContext {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly tokens: TokenVerifier;
  readonly log: FastifyBaseLogger;
}

/** The server as route files see it: TypeBox schemas give validation, types and the OpenAPI document. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
