-- What people said when they changed a loan without booking a transaction (approved it, rejected it, took it back).
-- With the loan, by loan id.
create table loan_note (
  loan_id bigint not null references loan (id),
  -- The loan's version that the change made.
  version int not null,
  note text not null,
  recorded_at timestamptz not null,
  primary key (loan_id, version)
);
