-- Firmware of Devices: the register of images, the parts that Users sent by SR 11.1, and activations by SR 11.3.

CREATE TABLE firmware_images (
    -- SHA-256 of the image in hex digits.
    firmware_hash TEXT NOT NULL PRIMARY KEY CHECK (length(firmware_hash) = 64),
    size_bytes BIGINT NOT NULL CHECK (size_bytes BETWEEN 1 AND 4294967295),
    firmware_version TEXT NOT NULL CHECK (length(firmware_version) BETWEEN 1 AND 8),
    device_manufacturer TEXT,
    device_model TEXT,
    device_type TEXT,
    -- Of a part: the whole, which is no part itself.
    part_of TEXT CHECK (length(part_of) = 64 AND part_of <> firmware_hash),
    name TEXT,
    source TEXT NOT NULL CHECK (source IN ('file', 'asked', '11.1')),
    registered_at TEXT NOT NULL CHECK (length(registered_at) = 24),
    CHECK ((device_manufacturer IS NULL) = (device_model IS NULL) AND (device_model IS NULL) = (device_type IS NULL))
);

CREATE INDEX firmware_images_by_whole ON firmware_images (part_of);

-- The parts of sets that are not complete.
CREATE TABLE firmware_parts (
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    firmware_hash TEXT NOT NULL CHECK (length(firmware_hash) = 64),
    request_id TEXT NOT NULL,
    received_at TEXT NOT NULL CHECK (length(received_at) = 24),
    PRIMARY KEY (user_id, firmware_hash)
);

CREATE TABLE firmware_activations (
    request_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    device_id TEXT NOT NULL CHECK (length(device_id) = 23),
    schema_version TEXT NOT NULL,
    firmware_hash TEXT NOT NULL CHECK (length(firmware_hash) = 64),
    firmware_version TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    large BOOLEAN NOT NULL,
    -- The London day of receipt.
    day TEXT NOT NULL CHECK (length(day) = 10),
    received_at TEXT NOT NULL CHECK (length(received_at) = 24),
    outcome TEXT CHECK (outcome IN ('activated', 'failed')),
    outcome_at TEXT CHECK (length(outcome_at) = 24),
    CHECK ((outcome IS NULL) = (outcome_at IS NULL))
);

-- One activation of a Device is awaited at a time (SR11.3/e).
CREATE UNIQUE INDEX firmware_activations_awaited ON firmware_activations (device_id) WHERE outcome IS NULL;
CREATE INDEX firmware_activations_by_user ON firmware_activations (user_id, day);
CREATE INDEX firmware_activations_by_day ON firmware_activations (day);
