-- What was asked, answered and decided: the same message again gets the same answer, and every decision explains itself.

CREATE TABLE requests (
    request_id TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    answer BLOB NOT NULL,
    received_at TEXT NOT NULL CHECK (length(received_at) = 24)
);

-- No foreign keys: a decision outlives the Device, and a message that is refused unread leaves no request.
CREATE TABLE decisions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL,
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    device_id TEXT CHECK (length(device_id) = 23),
    service_reference_variant TEXT,
    code TEXT NOT NULL,
    rule TEXT,
    decided_at TEXT NOT NULL CHECK (length(decided_at) = 24),
    steps TEXT NOT NULL
);

CREATE INDEX decisions_by_request ON decisions (request_id);
CREATE INDEX decisions_by_device ON decisions (device_id);
