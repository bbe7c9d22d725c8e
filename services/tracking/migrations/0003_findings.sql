-- Which assets are to carry a tracker, and since when and until when; both null when none is expected.
alter table asset add column source text not null default '';
alter table asset add column tracker_expected_from date;
alter table asset add column tracker_expected_until date;
