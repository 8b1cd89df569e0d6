-- The ledger beside the loans: entries made by hand, and periods that are closed.
-- gl_closure is a reference table; manual_entry and manual_movement lie together by the entry's id.

create sequence entry_id_block as bigint increment by 100;

create table manual_entry (
  id bigint primary key,
  entry_date date not null,
  reason text not null check (reason <> ''),
  -- The account of the operator.
  made_by text not null,
  -- The entry that this one takes back, and the one that takes this one back.
  reverses bigint,
  reversed_by bigint,
  recorded_at timestamptz not null
);
create index manual_entry_by_date on manual_entry (entry_date, id);

-- As in journal_entry: every row moves an amount from the account it credits to the account it debits.
create table manual_movement (
  entry_id bigint not null references manual_entry (id),
  line smallint not null check (line > 0),
  debit_account text not null references gl_account (code),
  credit_account text not null references gl_account (code),
  amount bigint not null check (amount > 0),
  primary key (entry_id, line)
);

-- Every entry has a line 1, which stands for it in lists.
create index journal_entry_by_date on journal_entry (entry_date, loan_id, entry_seq) where line = 1;

-- Nothing may be posted on or before the latest of these dates.
create table gl_closure (
  closing_date date primary key,
  note text,
  made_by text not null,
  created_at timestamptz not null
);
