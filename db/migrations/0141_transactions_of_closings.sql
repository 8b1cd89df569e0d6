-- Loans from before there were plans get one that has them looked at: from now on every loan has one.
insert into loan_closing (loan_id, next_work_date, last_transaction, last_sequence, last_entry)
select loan.id, case when loan.deleted_at is null then date '1900-01-01' end, coalesce(max(t.seq), 0),
  coalesce(max((t.details ->> 'sequence')::int), 0), loan.last_journal_entry
from loan left join loan_transaction t on t.loan_id = loan.id
where not exists (select from loan_closing c where c.loan_id = loan.id)
group by loan.id;

-- A transaction holds on to the narrow row of its loan, which refers to the loan: to check the reference the database
-- locks the row, and a night of a million accruals wrote to every page of the wide table for that alone.
alter table loan_transaction
  drop constraint loan_transaction_loan_id_fkey,
  add constraint loan_transaction_loan_id_fkey foreign key (loan_id) references loan_closing (loan_id);
