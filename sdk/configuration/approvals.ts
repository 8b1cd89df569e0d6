/** Four eyes: which operations need a second person, and the calls that wait for one. For operators. */
import type { Host, Item, Query } from '../call.ts';
import type { List } from '../pages.ts';
import type { CallOptions } from '../transport.ts';

export type Approval = Item<'listApprovals'>;

export interface Approvals {
  list(query?: Query<'listApprovals'>, options?: CallOptions): List<Approval>;
  get(approvalId: string, options?: CallOptions): Promise<Approval>;
  /** Carries the call out; `answered` and `answer` say how it ended. Not for the one who asked for it. */
  approve(approvalId: string, note?: string, options?: CallOptions): Promise<Approval>;
  reject(approvalId: string, note?: string, options?: CallOptions): Promise<Approval>;
  /** Operations that need a second person. */
  operations(options?: CallOptions): Promise<readonly string[]>;
  setOperations(operations: readonly string[], options?: CallOptions): Promise<readonly string[]>;
}

const ALL = '/v1/approvals';

export function approvalsOf(api: Host): Approvals {
  const one = (id: string, call = ''): string => `${ALL}/${encodeURIComponent(id)}${call}`;
  const noted = (note: string | undefined) => (note === undefined ? {} : { note });
  return {
    list: (query, options) => api.list<'listApprovals'>(ALL, query, options),
    get: (id, options) => api.get<'getApproval'>(one(id), undefined, options),
    approve: (id, note, options) => api.post<'approveCall'>(one(id, '/approve'), noted(note), options),
    reject: (id, note, options) => api.post<'rejectCall'>(one(id, '/reject'), noted(note), options),
    operations: async (options) =>
      (await api.get<'getFourEyes'>('/v1/four-eyes', undefined, options)).operations,
    setOperations: async (operations, options) =>
      (await api.put<'setFourEyes'>('/v1/four-eyes', { operations }, options)).operations,
  };
}
