/** The ledger, for operators: chart of accounts, journal, closed periods, and the proof of the book. */
import type { Answer, Body, Host, Item, Query } from '../call.ts';
import type { List } from '../pages.ts';
import type { CallOptions } from '../transport.ts';

export type GlAccount = Item<'listGlAccounts'>;
export type JournalEntry = Item<'listJournalEntries'>;
export type GlClosure = Item<'listGlClosures'>;
/** One part of the book, or all of it. */
export type Verification = Omit<Answer<'verifyBook'>, 'next'>;

export interface GlAccounts {
  /** All accounts, in one answer. */
  list(options?: CallOptions): Promise<readonly GlAccount[]>;
  create(account: Body<'createGlAccount'>, options?: CallOptions): Promise<GlAccount>;
  update(glCode: string, change: Body<'updateGlAccount'>, options?: CallOptions): Promise<GlAccount>;
}

export function glAccountsOf(api: Host): GlAccounts {
  const all = '/v1/gl-accounts';
  return {
    list: async (options) => (await api.get<'listGlAccounts'>(all, undefined, options)).items,
    create: (account, options) => api.post<'createGlAccount'>(all, account, options),
    update: (glCode, change, options) =>
      api.put<'updateGlAccount'>(`${all}/${encodeURIComponent(glCode)}`, change, options),
  };
}

export interface JournalEntries {
  list(query?: Query<'listJournalEntries'>, options?: CallOptions): List<JournalEntry>;
  get(entryId: string, options?: CallOptions): Promise<JournalEntry>;
  create(entry: Body<'createJournalEntry'>, options?: CallOptions): Promise<JournalEntry>;
  /** Answers the entry that takes the other one back. */
  reverse(
    entryId: string,
    reversal: Body<'reverseJournalEntry'>,
    options?: CallOptions,
  ): Promise<JournalEntry>;
}

export function journalEntriesOf(api: Host): JournalEntries {
  const all = '/v1/journal-entries';
  const path = (entryId: string): string => `${all}/${encodeURIComponent(entryId)}`;
  return {
    list: (query, options) => api.list<'listJournalEntries'>(all, query, options),
    get: (entryId, options) => api.get<'getJournalEntry'>(path(entryId), undefined, options),
    create: (entry, options) => api.post<'createJournalEntry'>(all, entry, options),
    reverse: (entryId, reversal, options) =>
      api.post<'reverseJournalEntry'>(`${path(entryId)}/reverse`, reversal, options),
  };
}

export interface GlClosures {
  /** The latest first. */
  list(options?: CallOptions): Promise<readonly GlClosure[]>;
  create(closure: Body<'createGlClosure'>, options?: CallOptions): Promise<GlClosure>;
  /** Reopens the period; only the latest closure can be deleted. */
  delete(closureId: string, options?: CallOptions): Promise<void>;
}

export function glClosuresOf(api: Host): GlClosures {
  const all = '/v1/gl-closures';
  return {
    list: async (options) => (await api.get<'listGlClosures'>(all, undefined, options)).items,
    create: (closure, options) => api.post<'createGlClosure'>(all, closure, options),
    delete: (closureId, options) => api.remove(`${all}/${encodeURIComponent(closureId)}`, options),
  };
}

export type VerificationQuery = Omit<NonNullable<Body<'verifyBook'>>, 'after'>;

export interface Verifications {
  /** Proves the book part by part; each part is small and stands for itself. */
  run(query?: VerificationQuery, options?: CallOptions): AsyncIterable<Verification>;
}

export const verificationsOf = (api: Host): Verifications => ({
  run: (query, options) => partsOf(api, query ?? {}, options),
});

async function* partsOf(
  api: Host,
  query: VerificationQuery,
  options: CallOptions | undefined,
): AsyncGenerator<Verification, void, undefined> {
  let after: string | undefined;
  do {
    const asked = { ...query, ...(after !== undefined && { after }) };
    const { next, ...part } = await api.post<'verifyBook'>('/v1/verifications', asked, options);
    yield part;
    after = next;
  } while (after !== undefined);
}
