-- Charges as operators configure them: fees and penalties that products and loans take. Loans and versions of
-- products keep a copy of the definition they were made with. A reference table.
create sequence charge_id as bigint;

create table charge (
  id bigint primary key,
  -- The short name: it stays.
  code text not null unique,
  name text not null unique,
  currency_code text not null,
  active boolean not null,
  version int not null check (version > 0),
  definition jsonb not null
);
