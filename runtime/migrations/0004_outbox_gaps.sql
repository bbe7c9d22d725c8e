-- How many messages were missing between the first and the last of the stream when it was last looked at: somebody deleted them, or the server lost them.
alter table runtime.outbox_stream add column gap_count bigint not null default 0;
