-- Who had a dead letter tried again or gave it up, and why; empty while nobody did.
alter table runtime.dead_letter add column settled_by text not null default '';
alter table runtime.dead_letter add column settlement text not null default '';
create index dead_letter_state on runtime.dead_letter (state, id);
