-- Forgets what operators did: a message that was given up is a parked one again.

DROP TABLE outbox_acts;
DROP INDEX outbox_given_up;
ALTER TABLE outbox DROP COLUMN given_up_at;
