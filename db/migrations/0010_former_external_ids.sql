-- Who had an external id before it was freed: a call that is repeated under it, with the key of its first time, is
-- answered by what was stored for the thing that it meant then, whoever has the name now. Distributed as external_id.
create table former_external_id (
  external_id text not null,
  kind text not null check (kind in ('customer', 'loan')),
  id bigint not null,
  primary key (external_id, kind, id)
);
insert into former_external_id (external_id, kind, id)
  select external_id, 'loan', id from loan where deleted_at is not null and external_id is not null;
drop index loan_deleted_by_external_id;
