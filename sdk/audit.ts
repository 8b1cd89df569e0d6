import type { Answer, Host, Item, Query } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type AuditEntry = Item<'listAuditEntries'>;
export type AuditVerification = Answer<'verifyAudit'>;

export interface Audit {
  /** Who changed what, newest first; for operators. */
  list(query?: Query<'listAuditEntries'>, options?: CallOptions): List<AuditEntry>;
  /** Whether anything was changed, removed or inserted behind the server's back. */
  verify(options?: CallOptions): Promise<AuditVerification>;
}

export function auditOf(api: Host): Audit {
  return {
    list: (query, options) => api.list<'listAuditEntries'>('/v1/audit', query, options),
    verify: (options) => api.get<'verifyAudit'>('/v1/audit/verification', undefined, options),
  };
}
