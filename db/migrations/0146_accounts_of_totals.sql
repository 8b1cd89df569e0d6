-- Every line of the journal is added to ledger_total by the transaction that writes it, and ledger_total refers to the
-- accounts as well: so an account that does not exist is refused as before, but looked for once for each new row of totals
-- (slot, day, pair of accounts), no longer for each line. Looking twice for each line was a ninth of the database's time of an import.
alter table journal_entry
  drop constraint journal_entry_debit_account_fkey,
  drop constraint journal_entry_credit_account_fkey;
