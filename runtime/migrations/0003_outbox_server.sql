-- Which server held the stream when it was last looked at. Another one, or the same started anew, may lack what it had not yet written to its disk.
alter table runtime.outbox_stream add column server_id text;
alter table runtime.outbox_stream add column seen_at timestamptz;
