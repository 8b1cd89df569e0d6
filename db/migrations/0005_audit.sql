-- Who changed what: one row for each change of a customer, loan, account or key, written in the transaction of the change.
-- Rows are only ever added. Each belongs to a chain that one writer extends and holds a digest over its own content and
-- the digest of the row before it (docs/decisions/0015-audit-chain.md).
create table audit_entry (
  -- Where the row lies: with the loan or customer it is about, by its id (so the change stays on one shard); else 0.
  place bigint not null,
  chain uuid not null,
  -- Number within the chain, 1, 2, 3 ...
  seq bigint not null check (seq > 0),
  recorded_at timestamptz not null,
  -- Absent: the system itself.
  account_id text,
  operation text not null,
  address text,
  request_id text,
  subject_kind text not null,
  subject_id text not null,
  -- The subject's version that the change made, where it has versions.
  version int,
  -- JSON as text, so that the digest is over exactly what is stored: before, after, command.
  facts text not null,
  hash text not null,
  primary key (place, chain, seq)
);
create index audit_entry_by_chain on audit_entry (chain, seq);
create index audit_entry_by_subject on audit_entry (subject_kind, subject_id);
create index audit_entry_by_time on audit_entry (recorded_at);
create index audit_entry_anchors on audit_entry (recorded_at) where operation = 'anchor';
