-- A call that removed a loan and is repeated by the loan's external id is answered from what was stored with the loan.
create index loan_deleted_by_external_id on loan (external_id, id) where deleted_at is not null;
