-- Delinquency buckets: named ranges of days past due, which loan products name by code. Loans keep a copy of the ranges
-- they were made with. A reference table.
create table delinquency_bucket (
  code text primary key check (code <> ''),
  name text not null,
  -- [{code, name, minDays, maxDays}], ascending; maxDays of the last may be null.
  ranges jsonb not null,
  version int not null
);

-- What lists of loans filter on, taken from the loan's document.
alter table loan add column delinquency_range text;
alter table loan add column is_non_performing boolean not null default false;
create index loan_by_delinquency on loan (delinquency_range, id) where deleted_at is null and delinquency_range is not null;
create index loan_by_non_performing on loan (id) where deleted_at is null and is_non_performing;

update loan set is_non_performing = true where (document ->> 'isNonPerforming')::boolean;
update loan set delinquency_range = (
  select tag ->> 'rangeCode' from jsonb_array_elements(document -> 'delinquencyTags') as tag
  where tag ->> 'liftedOn' is null limit 1
);
