-- A message that its User refuses as it is gets parked and bars nothing; and the next message of a User is found at once.

-- Of the messages that wait to a User about a Device, the first is the head of their queue: it alone is due. `refusals` counts
-- the attempts that were answered "not as it is". A parked message waits no more, until it is asked for again.
ALTER TABLE outbox ADD COLUMN is_head BOOLEAN CHECK (is_head IN (FALSE, TRUE));
ALTER TABLE outbox ADD COLUMN refusals BIGINT CHECK (refusals >= 0);
ALTER TABLE outbox ADD COLUMN parked_at TEXT CHECK (length(parked_at) = 24);

DROP INDEX outbox_waiting;
DROP INDEX outbox_waiting_by_user;
-- Those about no Device are one queue of their User.
CREATE INDEX outbox_waiting ON outbox (user_id, COALESCE(device_id, ''), id) WHERE delivered_at IS NULL AND parked_at IS NULL;

UPDATE outbox SET is_head = TRUE WHERE delivered_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox AS older WHERE older.delivered_at IS NULL AND older.parked_at IS NULL
    AND older.user_id = outbox.user_id AND COALESCE(older.device_id, '') = COALESCE(outbox.device_id, '')
    AND older.id < outbox.id
);

-- A look for what is due goes from User to User by it, and reads the first head of each.
CREATE INDEX outbox_heads ON outbox (user_id, next_attempt_at, id) WHERE is_head;
CREATE INDEX outbox_parked ON outbox (id) WHERE parked_at IS NOT NULL;
