-- Days on which the lender works. No row: every day, and transactions on all of them. Loans keep a copy of what was in force when
-- they were made. Reference tables.
create table working_days (
  id int primary key check (id = 1),
  -- [1, 2 ...]: 1 = Monday ... 7 = Sunday.
  days jsonb not null,
  non_working_day_rule text not null
    check (non_working_day_rule in ('SAME_DAY', 'NEXT_WORKING_DAY', 'NEXT_REPAYMENT_DATE', 'PREVIOUS_WORKING_DAY')),
  extends_daily_term boolean not null,
  allows_on_non_working_days boolean not null,
  allows_on_holidays boolean not null,
  version int not null
);

create sequence holiday_id as bigint;
create table holiday (
  id bigint primary key,
  name text not null check (name <> ''),
  description text not null,
  -- ["1", "2" ...]: numbers of the offices that keep it.
  offices jsonb not null,
  from_date date not null,
  to_date date not null,
  -- Null: due dates within it go to the next repayment date.
  rescheduled_to date,
  status text not null check (status in ('pending', 'active', 'deleted')),
  version int not null,
  check (from_date <= to_date)
);
create unique index holiday_name on holiday (name) where status <> 'deleted';
