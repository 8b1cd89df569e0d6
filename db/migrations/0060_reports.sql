-- What reports are made from, so that none of them looks at single loans when it is asked for.

-- Figures of a loan that the standing of a day adds up; like all columns beside the document they follow from it.
alter table loan add column principal_outstanding bigint not null default 0;
alter table loan add column interest_outstanding bigint not null default 0;
alter table loan add column fees_outstanding bigint not null default 0;
alter table loan add column penalties_outstanding bigint not null default 0;
alter table loan add column principal_written_off bigint not null default 0;
alter table loan add column disbursed_on date;
alter table loan add column is_charged_off boolean not null default false;

update loan set disbursed_on = (document ->> 'disbursedOn')::date,
  is_charged_off = (document ->> 'chargedOffOn') is not null;
update loan set principal_outstanding = owed.principal, interest_outstanding = owed.interest,
  fees_outstanding = owed.fees, penalties_outstanding = owed.penalties
from (
    select id as loan_id,
      sum(ltrim(r #>> '{charged,principal}', '#')::bigint - ltrim(r #>> '{paid,principal}', '#')::bigint - ltrim(r #>> '{waived,principal}', '#')::bigint - ltrim(r #>> '{writtenOff,principal}', '#')::bigint) as principal,
      sum(ltrim(r #>> '{charged,interest}', '#')::bigint - ltrim(r #>> '{paid,interest}', '#')::bigint - ltrim(r #>> '{waived,interest}', '#')::bigint - ltrim(r #>> '{writtenOff,interest}', '#')::bigint) as interest,
      sum(ltrim(r #>> '{charged,fees}', '#')::bigint - ltrim(r #>> '{paid,fees}', '#')::bigint - ltrim(r #>> '{waived,fees}', '#')::bigint - ltrim(r #>> '{writtenOff,fees}', '#')::bigint) as fees,
      sum(ltrim(r #>> '{charged,penalties}', '#')::bigint - ltrim(r #>> '{paid,penalties}', '#')::bigint - ltrim(r #>> '{waived,penalties}', '#')::bigint - ltrim(r #>> '{writtenOff,penalties}', '#')::bigint) as penalties
    from loan, jsonb_array_elements(document -> 'installments') as r group by id
  ) as owed
where owed.loan_id = id and disbursed_on is not null;
update loan set principal_written_off = lost.principal
from (
    select id as loan_id, sum(ltrim(r #>> '{writtenOff,principal}', '#')::bigint) as principal
    from loan, jsonb_array_elements(document -> 'installments') as r group by id
  ) as lost
where lost.loan_id = id;

-- Transactions that stand, by day, product and kind: kept together with them, spread over slots like all such sums.
create table flow_total (
  slot smallint not null,
  product_id bigint not null,
  day date not null,
  type text not null,
  -- count, amount, principal, interest, fees, penalties, overpaid
  figure text not null,
  amount bigint not null,
  primary key (slot, product_id, day, type, figure)
);

-- What schedules ask for, by due date.
create table due_total (
  slot smallint not null,
  product_id bigint not null,
  day date not null,
  component text not null,
  amount bigint not null,
  primary key (slot, product_id, day, component)
);

insert into flow_total (slot, product_id, day, type, figure, amount)
  select 0, product_id, transaction_date, type, figure, sum(value) from loan join loan_transaction t on t.loan_id = loan.id
    cross join lateral (values ('count', 1::bigint), ('amount', t.amount), ('principal', t.principal),
      ('interest', t.interest), ('fees', t.fees), ('penalties', t.penalties), ('overpaid', t.overpaid)) as f (figure, value)
  where reversal = 'none' and type not in ('accrual', 'accrualActivity', 'reAge', 'reAmortize')
  group by product_id, transaction_date, type, figure having sum(value) <> 0;

insert into due_total (slot, product_id, day, component, amount)
  select 0, product_id, (r ->> 'due')::date, component, sum(ltrim(r -> 'charged' ->> component, '#')::bigint)
  from loan, jsonb_array_elements(document -> 'installments') as r,
    unnest(array['principal', 'interest', 'fees', 'penalties']) as component
  where disbursed_on is not null
  group by product_id, (r ->> 'due')::date, component
  having sum(ltrim(r -> 'charged' ->> component, '#')::bigint) <> 0;

-- How the loans stood when a day was closed: those put together that agree in everything reports look at.
create table standing (
  day date not null,
  product_id bigint not null,
  cohort date not null,
  state text not null check (state in ('active', 'chargedOff', 'writtenOff')),
  days_past_due int not null,
  loans bigint not null,
  principal bigint not null,
  interest bigint not null,
  fees bigint not null,
  penalties bigint not null,
  primary key (day, product_id, cohort, state, days_past_due)
);

-- Days whose standings were taken, also those on which no loan stood.
create table standing_day (
  day date primary key,
  taken_at timestamptz not null
);

-- Each loan at the end of a month, kept until the next month's end has been compared with it.
create table month_end (
  loan_id bigint not null,
  day date not null,
  product_id bigint not null,
  bucket text not null,
  principal bigint not null,
  primary key (loan_id, day)
);
create index month_end_by_day on month_end (day);

-- From which range of days past due loans went into which, from one month's end to the next.
create table roll_rate (
  day date not null,
  product_id bigint not null,
  from_bucket text not null,
  to_bucket text not null,
  loans bigint not null,
  -- Outstanding at the earlier end.
  principal bigint not null,
  primary key (day, product_id, from_bucket, to_bucket)
);
