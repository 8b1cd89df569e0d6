-- A repayment updates two rows in place. Where their page has room for the new version, no index learns of it; where
-- it has none, the row moves and every index of the loan gets another entry.
alter table loan set (fillfactor = 70);
alter table loan_closing set (fillfactor = 70);
-- Of all transactions but the quiet ones: nearly every one of them, which the primary key finds as well.
drop index loan_transaction_unquiet;
