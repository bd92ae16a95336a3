-- Decisions form a chain each instance: a record that is changed, taken away or added later is found (smi audit verify).

-- Empty in records of an older version alone, until they are chained when the database is opened.
ALTER TABLE decisions ADD COLUMN chain TEXT;
ALTER TABLE decisions ADD COLUMN sequence BIGINT CHECK (sequence >= 1);
ALTER TABLE decisions ADD COLUMN previous_hash BLOB CHECK (length(previous_hash) = 32);
ALTER TABLE decisions ADD COLUMN hash BLOB CHECK (length(hash) = 32);

-- Two records can never follow the same one.
CREATE UNIQUE INDEX decisions_by_chain ON decisions (chain, sequence);

-- The anchor: where each chain ends, and where it begins since older records were given up.
CREATE TABLE audit_heads (
    chain TEXT NOT NULL PRIMARY KEY CHECK (length(chain) BETWEEN 1 AND 64),
    sequence BIGINT NOT NULL CHECK (sequence >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    first_sequence BIGINT NOT NULL CHECK (first_sequence BETWEEN 1 AND sequence + 1),
    first_previous_hash BLOB NOT NULL CHECK (length(first_previous_hash) = 32)
);
