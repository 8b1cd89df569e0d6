-- The settings that the figures of a book depend on, as they were when it began: a start with others is refused.
create table book_setting (
  name text primary key,
  value text not null
);
