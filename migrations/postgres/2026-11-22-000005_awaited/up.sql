-- What a User asked of a Communications Hub and nobody knows the outcome of yet: the answer follows when it is known.

-- One outcome a Device. No foreign keys: what is awaited is settled by an event, not by a row that goes.
CREATE TABLE awaited (
    device_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(device_id) = 23),
    request_id TEXT COLLATE "C" NOT NULL,
    schema_version TEXT COLLATE "C" NOT NULL,
    chf_device_id TEXT COLLATE "C" NOT NULL CHECK (length(chf_device_id) = 23),
    change TEXT COLLATE "C" NOT NULL CHECK (change IN ('Add', 'Remove')),
    import_mpxn TEXT COLLATE "C",
    secondary_import_mpan TEXT COLLATE "C",
    export_mpan TEXT COLLATE "C"
);
