-- The book: customers, loan products, loans with their transactions and journal, idempotency.
--
-- The same tables run on one PostgreSQL and spread over a cluster:
--   * reference tables (copied to every node, no foreign key out): office, closure_reason, payment_type, gl_account,
--     loan_product, business_date
--   * by id: customer          * by external_id: external_id          * by key: idempotency_key
--   * the loan family, all by loan id and placed together: loan, loan_transaction, journal_entry, loan_idempotency_key
-- Hence: the distribution column stands first in every key, foreign keys stay inside the loan family or point to
-- reference tables, ids come from the application. Money is bigint minor units of the loan's currency.

-- Hi-lo blocks: one nextval hands a process as many ids as the sequence's increment.
create sequence customer_id_block as bigint increment by 100;
create sequence loan_id_block as bigint increment by 100;
create sequence transaction_id_block as bigint increment by 1000;

-- Reference tables ----------------------------------------------------------------------------------------------------

create table office (
  id bigint primary key,
  name text not null unique
);

create table closure_reason (
  id bigint primary key,
  name text not null unique,
  active boolean not null
);

create table payment_type (
  id bigint primary key,
  name text not null unique,
  active boolean not null
);

create table gl_account (
  code text primary key,
  name text not null,
  type text not null check (type in ('asset', 'liability', 'equity', 'income', 'expense')),
  active boolean not null
);

create table loan_product (
  id bigint primary key,
  name text not null unique,
  short_name text not null unique,
  description text not null,
  status text not null check (status in ('active', 'inactive')),
  version int not null,
  -- Default terms of its loans, bounds and what a loan may override. Loans keep a copy of the terms they were made with.
  definition jsonb not null
);

-- One row at most: the business date of a sandbox, moved by hand. A live system takes the clock's date.
create table business_date (
  id smallint primary key check (id = 1),
  day date not null
);

-- Customers -----------------------------------------------------------------------------------------------------------

create table customer (
  id bigint primary key,
  external_id text not null,
  status text not null check (status in ('pending', 'active', 'closed')),
  office_id bigint not null references office (id),
  firstname text,
  middlename text,
  lastname text,
  display_name text not null,
  mobile_no text,
  email_address text,
  date_of_birth date,
  submitted_date date not null,
  activation_date date,
  closed_date date,
  closure_reason_id bigint references closure_reason (id),
  version int not null,
  -- Words that the list's q finds by their beginning: names, phone number, external id.
  search tsvector not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index customer_by_display_name on customer (display_name, id);
create index customer_by_submitted_date on customer (submitted_date, id);
create index customer_by_activation_date on customer (coalesce(activation_date, 'infinity'::date), id);
create index customer_by_status on customer (status, id);
create index customer_by_search on customer using gin (search);

-- Where external ids are unique: the directory of every kind of thing that partners name by an id of their own.
create table external_id (
  external_id text not null,
  kind text not null check (kind in ('customer', 'loan')),
  id bigint not null,
  primary key (external_id, kind)
);

-- The loan family -----------------------------------------------------------------------------------------------------

create table loan (
  id bigint primary key,
  customer_id bigint not null,
  product_id bigint not null references loan_product (id),
  status text not null check (status in
    ('pending', 'approved', 'active', 'closed', 'writtenOff', 'overpaid', 'rejected', 'withdrawn')),
  -- Raised by every change; a writer that saw an older one loses.
  version int not null,
  -- Terms and state of the loan without its transactions.
  document jsonb not null,
  last_journal_entry int not null,
  external_id text,
  -- Copied from the customer so that a page of loans needs no second look.
  customer_external_id text not null,
  customer_name text not null,
  -- What lists filter and sort on.
  principal bigint not null check (principal > 0),
  expected_disbursement_date date not null,
  -- Due date of the oldest installment with something open; overdue = before the business date.
  oldest_unpaid_due_date date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- A deleted loan is gone for callers; what it left in the ledger (entries and their mirrors) stays.
  deleted_at timestamptz
);
create index loan_by_customer on loan (customer_id, id) where deleted_at is null;
create index loan_by_product on loan (product_id, id) where deleted_at is null;
create index loan_by_status on loan (status, id) where deleted_at is null;
create index loan_by_principal on loan (principal, id) where deleted_at is null;
create index loan_by_expected_disbursement on loan (expected_disbursement_date, id) where deleted_at is null;
create index loan_by_oldest_unpaid on loan (oldest_unpaid_due_date, id)
  where deleted_at is null and oldest_unpaid_due_date is not null;

create table loan_transaction (
  loan_id bigint not null references loan (id),
  -- Number within the loan; a writer that saw an older loan takes a number that exists and fails.
  seq int not null check (seq > 0),
  -- Number that the outside knows.
  id bigint not null,
  type text not null,
  transaction_date date not null,
  submitted_on date not null,
  amount bigint not null check (amount >= 0),
  principal bigint not null,
  interest bigint not null,
  fees bigint not null,
  penalties bigint not null,
  overpaid bigint not null,
  reversal text not null check (reversal in ('none', 'byHand', 'bySystem')),
  -- What only the engine reads.
  details jsonb not null,
  external_id text,
  idempotency_key text,
  payment_type_id bigint references payment_type (id),
  receipt_number text,
  note text,
  recorded_at timestamptz not null,
  primary key (loan_id, seq)
);
create unique index loan_transaction_by_id on loan_transaction (loan_id, id);
create unique index loan_transaction_by_external_id on loan_transaction (loan_id, external_id)
  where external_id is not null;
create unique index loan_transaction_by_idempotency_key on loan_transaction (loan_id, idempotency_key)
  where idempotency_key is not null;

-- Every row moves an amount from the account it credits to the account it debits, so there is no way to write down an
-- entry that does not balance. Rows are only ever added.
create table journal_entry (
  loan_id bigint not null,
  entry_seq int not null check (entry_seq > 0),
  line smallint not null check (line > 0),
  transaction_seq int not null,
  debit_account text not null references gl_account (code),
  credit_account text not null references gl_account (code),
  amount bigint not null check (amount > 0),
  entry_date date not null,
  recorded_at timestamptz not null,
  primary key (loan_id, entry_seq, line),
  foreign key (loan_id, transaction_seq) references loan_transaction (loan_id, seq)
);

-- Idempotency ---------------------------------------------------------------------------------------------------------
-- Answers of calls that carried an Idempotency-Key, written in the transaction of their effect.

create table idempotency_key (
  key text not null,
  account_id text not null,
  route text not null,
  -- Of the payload: the same key with another payload is refused.
  fingerprint text not null,
  -- The body as it was sent, or the refusal.
  body text,
  refusal jsonb,
  created_at timestamptz not null,
  check ((body is null) <> (refusal is null)),
  primary key (key, account_id, route)
);

-- No foreign key: the answer of a call that removed its loan outlives the loan.
create table loan_idempotency_key (
  loan_id bigint not null,
  key text not null,
  account_id text not null,
  route text not null,
  -- Of the payload: the same key with another payload is refused.
  fingerprint text not null,
  -- The body as it was sent, or the refusal.
  body text,
  refusal jsonb,
  created_at timestamptz not null,
  check ((body is null) <> (refusal is null)),
  primary key (loan_id, key, account_id, route)
);
