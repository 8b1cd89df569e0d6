-- The same rule in fewer words: PostgreSQL reads the words of a rule anew with each statement that writes the table,
-- and every repayment does.
alter table loan_closing
  drop constraint loan_closing_check,
  add constraint loan_closing_check check (num_nulls(booked_till, installment, interest, earned_from, earned_on,
    accrued, receivable_account, income_account) in (0, 8));
