-- Offices, payment types and closure reasons get names that stay when they are renamed: configuration files and
-- the accounts of a product know them by these. Numbers of new ones are handed out one by one.
create sequence office_id as bigint start 2;
create sequence payment_type_id as bigint start 101;
create sequence closure_reason_id as bigint start 101;

-- A closed office takes no new customers.
alter table office add column active boolean not null default true;
alter table office add column short_name text;
update office set short_name = upper(regexp_replace(name, '[^A-Za-z0-9]+', '_', 'g'));
alter table office alter column short_name set not null;
alter table office add constraint office_short_name unique (short_name);

alter table payment_type add column short_name text;
update payment_type set short_name = upper(regexp_replace(name, '[^A-Za-z0-9]+', '_', 'g'));
alter table payment_type alter column short_name set not null;
alter table payment_type add constraint payment_type_short_name unique (short_name);

alter table closure_reason add column short_name text;
update closure_reason set short_name = upper(regexp_replace(name, '[^A-Za-z0-9]+', '_', 'g'));
alter table closure_reason alter column short_name set not null;
alter table closure_reason add constraint closure_reason_short_name unique (short_name);
