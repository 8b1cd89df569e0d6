-- Webhooks: who hears of events, and what became of each message.
--
-- webhook_endpoint and job_lease are small (reference tables); book_event is about no loan and small too. Messages lie
-- with the loan that they are about (loan_id first; 0 for those about no loan).

create sequence webhook_endpoint_id as bigint;

create table webhook_endpoint (
  id bigint primary key,
  -- Whose it is: nothing is sent while this account is disabled.
  account_id text not null,
  url text not null,
  description text,
  -- Names of event types; none = all.
  event_types jsonb not null,
  status text not null check (status in ('enabled', 'disabled')),
  -- `whsec_...`, sealed when the deployment has a key secret. The old one signs too until it expires.
  secret text not null,
  old_secret text,
  old_secret_until timestamptz,
  version int not null,
  -- How it did lately: tries that failed in a row, and until when it rests for them.
  failures_in_a_row int not null,
  rests_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);

-- Which transaction wrote an event: once all older ones have ended, nothing can come up before it any more, so that
-- whoever reads on from there misses nothing (docs/decisions/0024-webhooks.md).
alter table loan_event add column writer bigint not null default (pg_current_xact_id()::text::bigint);
create index loan_event_by_writer on loan_event (writer);

-- Events about no loan.
create table book_event (
  seq bigint primary key,
  type text not null,
  facts jsonb not null,
  recorded_at timestamptz not null,
  writer bigint not null default (pg_current_xact_id()::text::bigint)
);
create sequence book_event_seq as bigint;
create index book_event_by_writer on book_event (writer);

-- How far events have become messages: all those written before this transaction. One row.
create table webhook_cursor (
  id smallint primary key check (id = 1),
  writer bigint not null
);

-- One message: one event for one endpoint.
create sequence webhook_delivery_id as bigint;

create table webhook_delivery (
  -- Number in the delivery log.
  id bigint not null,
  loan_id bigint not null,
  event_seq bigint not null,
  endpoint_id bigint not null references webhook_endpoint (id),
  event_type text not null,
  status text not null check (status in ('pending', 'delivered', 'failed', 'cancelled')),
  attempts int not null,
  first_due_at timestamptz not null,
  due_at timestamptz not null,
  tried_at timestamptz,
  -- HTTP status of the last answer, and why the message was not taken.
  answered smallint,
  reason text,
  primary key (loan_id, event_seq, endpoint_id)
);
create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at) where status = 'pending';
create index webhook_delivery_in_order on webhook_delivery (endpoint_id, loan_id, event_seq) where status = 'pending';
create index webhook_delivery_log on webhook_delivery (endpoint_id, id);

-- Work that one process at a time does: whoever holds the name until it expires.
create table job_lease (
  name text primary key,
  owner text not null,
  expires_at timestamptz not null
);
