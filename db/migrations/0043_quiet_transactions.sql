-- Accruals that close of business booked for many loans at once: interest of one installment and nothing else. They
-- matter to lists, to the ledger and to a changed schedule, but not to a payment, which is spared them.
alter table loan_transaction add column quiet boolean not null default false;
create index loan_transaction_unquiet on loan_transaction (loan_id, seq) where not quiet;
create index loan_transaction_quiet on loan_transaction (loan_id, seq) where quiet;
