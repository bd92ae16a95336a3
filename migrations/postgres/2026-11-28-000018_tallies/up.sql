-- Counts that are shown without reading a whole table: answers by hour, and Devices by type and SMI Status. A job keeps them.

-- They outlive the decisions that they count. An empty text stands for no Service Request or no rule: a key has no NULL.
CREATE TABLE answer_tallies (
    hour TEXT COLLATE "C" NOT NULL CHECK (length(hour) = 24),
    user_id TEXT COLLATE "C" NOT NULL CHECK (length(user_id) = 23),
    service_reference_variant TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    answers BIGINT NOT NULL CHECK (answers >= 1),
    PRIMARY KEY (hour, user_id, service_reference_variant, code, rule)
);

-- What they count was checked where it was written. An empty text stands for no status.
CREATE TABLE device_tallies (
    device_type TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    devices BIGINT NOT NULL CHECK (devices >= 1),
    PRIMARY KEY (device_type, status)
);
