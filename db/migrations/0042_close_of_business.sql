-- Close of business.

-- When a loan has something to do next, and what it accrues quietly until then: what close of business needs to know of
-- loans that it does not touch. One row a loan, with the loan, by loan id; without a row the loan is looked at by the
-- next run. Narrow, so that a day of many loans is cheap.
create table loan_closing (
  loan_id bigint primary key references loan (id),
  -- Null: never, as long as nobody changes the loan.
  next_work_date date,
  -- Quiet accrual of the running installment; all of these or none.
  booked_till date,
  installment int,
  interest bigint,
  earned_from date,
  earned_on date,
  accrued bigint,
  receivable_account text,
  income_account text,
  -- Highest numbers used so far: of transactions, of their order, of journal entries.
  last_transaction int not null,
  last_sequence int not null,
  last_entry int not null,
  check ((booked_till is null) = (installment is null) and (booked_till is null) = (interest is null)
    and (booked_till is null) = (earned_from is null) and (booked_till is null) = (earned_on is null)
    and (booked_till is null) = (accrued is null) and (booked_till is null) = (receivable_account is null)
    and (booked_till is null) = (income_account is null))
) with (fillfactor = 70);
create index loan_closing_by_work on loan_closing (next_work_date, loan_id) where next_work_date is not null;

-- One run for each day that was closed or is being closed. Small tables, on one node.
create table close_of_business_run (
  day date primary key,
  steps text[] not null,
  started_by text,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- What the verification at the end found; null = not yet.
  verification jsonb
);

-- Ranges of loans, each worked on by one process at a time until its lease ends.
create table close_of_business_chunk (
  bucket int not null,
  day date not null references close_of_business_run (day),
  -- Loans above `after`, up to and with `last`.
  after bigint not null,
  last bigint not null,
  owner text,
  leased_until timestamptz,
  finished_at timestamptz,
  loans int not null default 0,
  accruals int not null default 0,
  primary key (bucket, day)
);
create index close_of_business_chunk_open on close_of_business_chunk (day, bucket) where finished_at is null;

-- Loans that could not be closed; they are tried again by every run until they can.
create table close_of_business_failure (
  loan_id bigint primary key,
  day date not null,
  reason text not null,
  attempts int not null,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null
);
