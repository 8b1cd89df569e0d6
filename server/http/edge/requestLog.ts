/**
 * The log of one request, made when it says something for the first time: most requests never do, and making
 * one (its fields are searched for what is private) costs more than the rest of the way to the route.
 */
import type { FastifyBaseLogger } from 'fastify';

type Say = FastifyBaseLogger['info'];

export class RequestLog {
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | undefined;

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  get #log(): FastifyBaseLogger {
    this.#made ??= this.#make();
    return this.#made;
  }

  get level(): string {
    return this.#log.level;
  }

  child(...given: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#log.child(...given);
  }

  silent(...said: Parameters<Say>): void {
    this.#log.silent(...said);
  }

  trace(...said: Parameters<Say>): void {
    this.#log.trace(...said);
  }

  debug(...said: Parameters<Say>): void {
    this.#log.debug(...said);
  }

  info(...said: Parameters<Say>): void {
    this.#log.info(...said);
  }

  warn(...said: Parameters<Say>): void {
    this.#log.warn(...said);
  }

  error(...said: Parameters<Say>): void {
    this.#log.error(...said);
  }

  fatal(...said: Parameters<Say>): void {
    this.#log.fatal(...said);
  }
}
