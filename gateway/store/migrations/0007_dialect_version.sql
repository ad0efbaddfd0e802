-- A provider's row names the version of its dialect; without one it goes by the lowest that is here.

ALTER TABLE provider ADD COLUMN dialect_version int;
