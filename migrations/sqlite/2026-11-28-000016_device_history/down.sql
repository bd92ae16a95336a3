-- Keeps changes of the status alone: the fields of every other change are lost, and decisions that carry some no longer fit their hash.

DELETE FROM counters WHERE name IN ('unknown_before', 'purged_before');
ALTER TABLE decisions DROP COLUMN changes_after;
ALTER TABLE decisions DROP COLUMN changes;
DELETE FROM status_history WHERE from_status IS NULL AND to_status IS NULL;
ALTER TABLE status_history DROP COLUMN changes;
