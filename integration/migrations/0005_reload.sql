-- A person may have a receiver sent everything once more.
alter table integration_action drop constraint action_is_known,
  add constraint action_is_known check (action in ('retry', 'skip', 'pause', 'resume', 'reload'));
