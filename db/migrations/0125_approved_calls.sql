-- An approved call that was not answered yet is looked for at every round: the server that approved it may have died
-- before it was carried out.
create index approval_to_carry_out on approval (id) where status = 'approved' and (answered is null or answered = 503);
-- What such a call has changed already, by the request id that only approved calls have.
create index audit_entry_of_approval on audit_entry (request_id) where request_id like 'approval-%';
