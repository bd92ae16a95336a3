-- What a User asked of a Communications Hub and nobody knows the outcome of yet: the answer follows when it is known.

-- One outcome a Device. No foreign keys: what is awaited is settled by an event, not by a row that goes.
CREATE TABLE awaited (
    device_id TEXT NOT NULL PRIMARY KEY CHECK (length(device_id) = 23),
    request_id TEXT NOT NULL,
    schema_version TEXT NOT NULL,
    chf_device_id TEXT NOT NULL CHECK (length(chf_device_id) = 23),
    change TEXT NOT NULL CHECK (change IN ('Add', 'Remove')),
    import_mpxn TEXT,
    secondary_import_mpan TEXT,
    export_mpan TEXT
);
