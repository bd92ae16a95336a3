-- An operator gives a message up with a reason, and what operators did about a message is kept: two of them learn of each other.

-- A message that is given up is parked, too, and so leaves its queue as a parked one does.
ALTER TABLE outbox ADD COLUMN given_up_at TEXT CHECK (length(given_up_at) = 24);

CREATE INDEX outbox_given_up ON outbox (given_up_at) WHERE given_up_at IS NOT NULL;

-- They go with their message.
CREATE TABLE outbox_acts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id BIGINT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('send-again', 'give-up')),
    acted_by TEXT,
    reason TEXT,
    acted_at TEXT NOT NULL CHECK (length(acted_at) = 24)
);

CREATE INDEX outbox_acts_by_message ON outbox_acts (message_id);
