-- Four eyes: calls that wait until a second person approves them. Small tables (reference tables).

-- Operations that need it, by the names of the API document.
create table four_eyes_operation (
  operation text primary key
);

create sequence approval_id as bigint;

create table approval (
  id bigint primary key,
  operation text not null,
  -- The call as it came in.
  method text not null,
  path text not null,
  body jsonb,
  -- Digest of method, path and body, and the caller's own key: the same call sent again waits once.
  fingerprint text not null,
  idempotency_key text,
  requested_by text not null,
  requested_at timestamptz not null,
  status text not null check (status in ('pending', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  note text,
  -- What the call answered once it was approved.
  answered smallint,
  answer text
);
create index approval_by_status on approval (status, id);
create unique index approval_by_key on approval (requested_by, idempotency_key) where idempotency_key is not null;
