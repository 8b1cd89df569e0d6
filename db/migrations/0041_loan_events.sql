-- What happened to loans and is told to the outside, written in the transaction of the change: the outbox. With the
-- loan, by loan id; in order for each loan. Whoever tells them keeps account of what was told by itself.
create table loan_event (
  loan_id bigint not null references loan (id),
  -- The version of the loan that the change made, and the place among its events.
  version int not null check (version > 0),
  position smallint not null check (position > 0),
  type text not null,
  -- The outside's number of the transaction that it is about.
  transaction_id bigint,
  business_date date not null,
  facts jsonb not null,
  recorded_at timestamptz not null,
  primary key (loan_id, version, position)
);
create index loan_event_by_time on loan_event (recorded_at, loan_id);
