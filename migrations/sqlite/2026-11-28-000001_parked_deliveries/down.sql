-- Takes parking away: parked messages are tried again, as every message that was not accepted.

DROP INDEX outbox_parked;
DROP INDEX outbox_heads;
DROP INDEX outbox_waiting;
ALTER TABLE outbox DROP COLUMN parked_at;
ALTER TABLE outbox DROP COLUMN refusals;
ALTER TABLE outbox DROP COLUMN is_head;

CREATE INDEX outbox_waiting ON outbox (next_attempt_at, id, user_id, device_id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_waiting_by_user ON outbox (user_id, device_id, id) WHERE delivered_at IS NULL;
