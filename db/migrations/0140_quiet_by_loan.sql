-- Quiet accruals of a loan are found by its transactions: whoever asks for them reads its whole history, and
-- an index of their own was written to a million times a night.
drop index loan_transaction_quiet;
