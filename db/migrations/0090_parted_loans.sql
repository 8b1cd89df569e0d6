-- Loans whose entries and schedule have parted for good (charged off, or income refunded): the check of the ledger at the
-- end of each day looks at them one by one, and finds them here without a look at all transactions. Few rows.
create index loan_transaction_parting on loan_transaction (loan_id) where type in ('chargeOff', 'refund');
