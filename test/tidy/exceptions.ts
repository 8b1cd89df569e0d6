/**
 * Where a rule of the house gives way, each with the reason. A line here is a decision, not a convenience.
 */

/** Names with a banned word that are not ours to choose. */
export const ALLOWED_NAMES: ReadonlyMap<string, string> = new Map([
  ['dataDir', 'the public setting LOANBOOK_DATA_DIR'],
  ['dataFolder', 'the folder that LOANBOOK_DATA_DIR names'],
  ['DataFolder', 'the same'],
  ['data', 'a field of every message in the Standard Webhooks specification'],
  ['dataTypeID', 'a field of a column as the driver of PostgreSQL describes it'],
  ['handleDataRow', 'what that driver calls for each row'],
  ['info', 'a log level, and a section of an OpenAPI document'],
]);

/** Files of the store from which a route may take everything. */
export const HARMLESS_FILES: ReadonlyMap<string, string> = new Map([
  ['server/store/failure.ts', 'tells what a failure of the database was, so that the edge can answer it'],
]);

/** Functions with more than three positional parameters. */
export const ALLOWED_PARAMETERS: ReadonlyMap<string, string> = new Map([
  [
    'server/domain/refusal.ts constructor',
    'kind, code, message, field: thrown all over the domain, read like a table',
  ],
]);
