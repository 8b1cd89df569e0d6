-- After an import nearly every loan has one transaction, and statistics say so: the check of journal entries against
-- their transaction then took the index of (loan_id, id) for as good as the primary key and walked through all
-- transactions of a loan that had thousands. A loan has about twenty; it matters with the next ANALYZE.
alter table loan_transaction alter column loan_id set (n_distinct = -0.05);
analyze loan_transaction (loan_id);
