/**
 * Where a rule of the house gives way, each with the reason. A line here is a decision, not a convenience.
 */

/** Names with a banned word that are not ours to choose. */
export const ALLOWED_NAMES: ReadonlyMap<string, string> = new Map([
  ['dataDir', 'the public setting LOANBOOK_DATA_DIR'],
  ['info', 'a log level, and a section of an OpenAPI document'],
]);

/** Functions with more than three positional parameters. */
export const ALLOWED_PARAMETERS: ReadonlyMap<string, string> = new Map([
  [
    'server/domain/refusal.ts constructor',
    'kind, code, message, field: thrown all over the domain, read like a table',
  ],
]);
