-- What was agreed is the same for nearly all loans of a product: said once, under a digest of what it says. Rows are
-- added and never changed or removed. What each loan has for itself (principal, dates) stands in its document.
create table loan_terms (
  id uuid primary key,
  terms jsonb not null
);
alter table loan add column terms_id uuid;
update loan set
  terms_id = md5((terms - array['principal', 'expectedDisbursementDate', 'firstRepaymentDate',
    'interestChargedFrom', 'maxOutstandingBalance', 'fixedInstallmentAmount'])::text)::uuid,
  document = document || jsonb_build_object('ownTerms', jsonb_build_object(
    'principal', terms -> 'principal', 'expectedDisbursementDate', terms -> 'expectedDisbursementDate',
    'firstRepaymentDate', terms -> 'firstRepaymentDate', 'interestChargedFrom', terms -> 'interestChargedFrom',
    'maxOutstandingBalance', terms -> 'maxOutstandingBalance',
    'fixedInstallmentAmount', terms -> 'fixedInstallmentAmount'));
insert into loan_terms (id, terms)
  select distinct on (terms_id) terms_id, terms - array['principal', 'expectedDisbursementDate', 'firstRepaymentDate',
    'interestChargedFrom', 'maxOutstandingBalance', 'fixedInstallmentAmount'] from loan;
alter table loan alter column terms_id set not null;
alter table loan drop column terms;
