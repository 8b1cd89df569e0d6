-- A repayment that comes last is decided without the others: the document says how much they were.
update loan set document = loan.document || jsonb_build_object('repaid', jsonb_build_object(
    'lastOn', sums.last_on, 'amount', '#' || coalesce(sums.amount, 0), 'principal', '#' || coalesce(sums.principal, 0)))
  from (
    select l.id, max(t.transaction_date) as last_on, sum(t.amount) as amount, sum(t.principal) as principal
    from loan l left join loan_transaction t
      on t.loan_id = l.id and t.type = 'repayment' and t.reversal = 'none'
    group by l.id) sums
  where loan.id = sums.id;
create index loan_transaction_beside_repayments on loan_transaction (loan_id, seq)
  where type <> 'repayment' and not quiet;
