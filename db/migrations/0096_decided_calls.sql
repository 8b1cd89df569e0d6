-- A call that was decided needs its body no longer: it may hold what is personal. The digest of the call stays. A call
-- that waited too long expires.
alter table approval drop constraint approval_status_check;
alter table approval add constraint approval_status_check
  check (status in ('pending', 'approved', 'rejected', 'expired'));

update approval set body = null where status = 'rejected' or (status = 'approved' and answered < 500);
