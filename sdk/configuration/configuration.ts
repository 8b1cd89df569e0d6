/** The whole configuration of a book as one document, for operators. */
import type { Answer, Body, Host } from '../call.ts';
import type { CallOptions } from '../transport.ts';

export type ConfigurationDocument = Answer<'exportConfiguration'>;
export type ConfigurationChanges = Answer<'applyConfiguration'>;

export interface Configuration {
  export(options?: CallOptions): Promise<ConfigurationDocument>;
  /** All or nothing; with `dryRun` only what would change. */
  apply(asked: Body<'applyConfiguration'>, options?: CallOptions): Promise<ConfigurationChanges>;
}

export function configurationOf(api: Host): Configuration {
  return {
    export: (options) => api.get<'exportConfiguration'>('/v1/configuration', undefined, options),
    apply: (asked, options) => api.post<'applyConfiguration'>('/v1/configuration', asked, options),
  };
}
