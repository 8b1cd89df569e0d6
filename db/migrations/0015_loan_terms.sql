-- What was agreed stands in a column of its own: it hardly ever changes, so a repayment need not write it again.
alter table loan add column terms jsonb;
update loan set terms = document -> 'terms', document = document - 'terms';
alter table loan alter column terms set not null;
