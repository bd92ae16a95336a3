-- What Users are told without being asked at that moment: asynchronous answers and DCC Alerts, kept until accepted.

-- No foreign keys: a message outlives the Device it is about, and its User may be loaded later. `message` is what is
-- sent, signed, to the last byte. One message of a Device waits for the one before it to the same User.
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    device_id TEXT CHECK (length(device_id) = 23),
    request_id TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('response', 'alert')),
    message BLOB NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 24),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    next_attempt_at TEXT NOT NULL CHECK (length(next_attempt_at) = 24),
    delivered_at TEXT CHECK (length(delivered_at) = 24),
    last_error TEXT
);

CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE delivered_at IS NULL;
CREATE INDEX outbox_waiting_by_user ON outbox (user_id, device_id, id) WHERE delivered_at IS NULL;
