-- Delivery schedules of large SMETS1 firmware: capacity of London days, schedules with their batches, and the count of each User's day.

CREATE TABLE firmware_capacity (
    day TEXT NOT NULL PRIMARY KEY CHECK (length(day) = 10),
    images BIGINT NOT NULL CHECK (images BETWEEN 0 AND 4294967295),
    reason TEXT
);

CREATE TABLE firmware_schedules (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    firmware_hash TEXT NOT NULL CHECK (length(firmware_hash) = 64),
    -- As the User said it, or as the register had it then.
    size_bytes BIGINT NOT NULL CHECK (size_bytes BETWEEN 1 AND 4294967295),
    images BIGINT NOT NULL CHECK (images BETWEEN 1 AND 4294967295),
    security BOOLEAN NOT NULL,
    reason TEXT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'withdrawn')),
    asked_at TEXT NOT NULL CHECK (length(asked_at) = 24)
);

CREATE TABLE firmware_batches (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    schedule_id BIGINT NOT NULL,
    asked_day TEXT NOT NULL CHECK (length(asked_day) = 10),
    day TEXT NOT NULL CHECK (length(day) = 10),
    images BIGINT NOT NULL CHECK (images BETWEEN 1 AND 4294967295),
    update_firmware_on TEXT CHECK (length(update_firmware_on) = 10),
    -- Why it has its day; none before it was agreed.
    placed_because TEXT,
    state TEXT NOT NULL CHECK (state IN ('planned', 'withdrawn')),
    -- The activations that took a place in it, counted by the transactions that bring them and their outcomes.
    sent BIGINT NOT NULL CHECK (sent BETWEEN 0 AND images),
    sent_at TEXT CHECK (length(sent_at) = 24),
    done BIGINT NOT NULL CHECK (done >= 0),
    failed BIGINT NOT NULL CHECK (failed >= 0),
    outcome_at TEXT CHECK (length(outcome_at) = 24),
    CHECK (done + failed <= sent)
);

CREATE INDEX firmware_batches_by_schedule ON firmware_batches (schedule_id);
CREATE INDEX firmware_batches_by_day ON firmware_batches (day);

-- The large activations of a User's London day. The standing of each follows from this row and from its batch.
CREATE TABLE firmware_days (
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    day TEXT NOT NULL CHECK (length(day) = 10),
    images BIGINT NOT NULL CHECK (images >= 0),
    exceeded BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, day)
);

CREATE INDEX firmware_days_by_day ON firmware_days (day);

INSERT INTO firmware_days (user_id, day, images, exceeded)
SELECT user_id, day, count(*), FALSE FROM firmware_activations WHERE large GROUP BY user_id, day;

ALTER TABLE firmware_activations ADD COLUMN batch_id BIGINT;
