-- How many messages an endpoint has by status, beside the messages themselves, so that nobody counts millions of rows to
-- say how long the delivery log is. Spread over slots and folded like the other counts (docs/decisions/0020).
create table webhook_delivery_count (
  slot smallint not null,
  endpoint_id bigint not null,
  status text not null,
  deliveries bigint not null,
  primary key (slot, endpoint_id, status)
);

insert into webhook_delivery_count (slot, endpoint_id, status, deliveries)
  select 0, endpoint_id, status, count(*) from webhook_delivery group by endpoint_id, status;

-- Pages of the delivery log by status, and what was given up, however much was delivered.
create index webhook_delivery_by_status on webhook_delivery (endpoint_id, status, id);
