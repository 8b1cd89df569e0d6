-- Loan products as operators configure them: every version of their terms is kept.
-- Both tables are small and copied to every node (reference tables). Numbers of products are handed out one by one.
create sequence loan_product_id as bigint start 3;

create table loan_product_version (
  product_id bigint not null references loan_product (id),
  version int not null check (version > 0),
  name text not null,
  short_name text not null,
  description text not null,
  -- As in loan_product, at that version.
  definition jsonb not null,
  -- The account of the operator; null: the system itself.
  made_by text,
  recorded_at timestamptz not null,
  primary key (product_id, version)
);

insert into loan_product_version (product_id, version, name, short_name, description, definition, made_by, recorded_at)
select id, version, name, short_name, description, definition, null, now() from loan_product;
