-- Reports read a period of days; a long one is read a month at a time. Rows are added for new days only, and changed in
-- place after that, so the indexes cost next to nothing.
create index flow_total_by_day on flow_total (day);
create index due_total_by_day on due_total (day);
