-- Rows of loans and customers lie with them, under their place, and are found there. They are nearly all rows
-- of the trail, and each cost an entry at a random place of this index.
drop index audit_entry_by_subject;
create index audit_entry_by_subject on audit_entry (subject_kind, subject_id)
  where subject_kind <> 'loan' and subject_kind <> 'customer';
