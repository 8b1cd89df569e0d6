-- As transactions do since 0141: who writes a loan holds this row already, so the check of the reference finds it
-- held and writes nothing.
alter table loan_event
  drop constraint loan_event_loan_id_fkey,
  add constraint loan_event_loan_id_fkey foreign key (loan_id) references loan_closing (loan_id);
