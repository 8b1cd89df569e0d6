-- Counts and sums that are kept together with the rows they are made of, so that nobody scans for them: how many loans
-- and customers there are, and what every day moved from account to account.
--
-- Every one of them is spread over slots. Who writes adds to one slot, so that writers do not wait for each other; who
-- reads adds the slots up; now and then they are folded into slot 0. Small tables, distributed by slot on a cluster.

create table loan_count (
  slot smallint not null,
  product_id bigint not null,
  status text not null,
  loans bigint not null,
  primary key (slot, product_id, status)
);

-- Active loans with something unpaid, by the day on which the oldest of it fell or falls due.
create table unpaid_loan_count (
  slot smallint not null,
  product_id bigint not null,
  oldest_unpaid_due_date date not null,
  loans bigint not null,
  primary key (slot, product_id, oldest_unpaid_due_date)
);

create table customer_count (
  slot smallint not null,
  status text not null,
  customers bigint not null,
  primary key (slot, status)
);

-- Of the loans' journal and of the entries made by hand.
create table ledger_total (
  slot smallint not null,
  entry_date date not null,
  debit_account text not null references gl_account (code),
  credit_account text not null references gl_account (code),
  amount bigint not null check (amount > 0),
  primary key (slot, entry_date, debit_account, credit_account)
);

insert into loan_count (slot, product_id, status, loans)
  select 0, product_id, status, count(*) from loan where deleted_at is null group by product_id, status;

insert into unpaid_loan_count (slot, product_id, oldest_unpaid_due_date, loans)
  select 0, product_id, oldest_unpaid_due_date, count(*) from loan
  where deleted_at is null and oldest_unpaid_due_date is not null group by product_id, oldest_unpaid_due_date;

insert into customer_count (slot, status, customers)
  select 0, status, count(*) from customer group by status;

insert into ledger_total (slot, entry_date, debit_account, credit_account, amount)
  select 0, entry_date, debit_account, credit_account, sum(amount) from (
    select entry_date, debit_account, credit_account, amount from journal_entry
    union all
    select e.entry_date, m.debit_account, m.credit_account, m.amount
    from manual_movement m join manual_entry e on e.id = m.entry_id
  ) as movement group by entry_date, debit_account, credit_account;
