-- How many days a loan is past due depends on its chargebacks: few loans have any, and lists look for them.
create index loan_transaction_chargebacks on loan_transaction (loan_id, seq) where type = 'chargeback';
