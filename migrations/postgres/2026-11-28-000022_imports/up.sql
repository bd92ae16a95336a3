-- What was imported last of each kind of CSV file: of two people who import one kind, the second learns of the first.

-- `number` grows when an import of the kind is done, and when one that a person saw the preview of begins. What was previewed under
-- another number is out of date.
CREATE TABLE imports (
    kind TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL CHECK (number >= 1),
    imported_at TEXT COLLATE "C" CHECK (length(imported_at) = 24),
    imported_by TEXT COLLATE "C",
    file_name TEXT COLLATE "C",
    row_count BIGINT CHECK (row_count >= 0),
    added BIGINT CHECK (added >= 0),
    replaced BIGINT CHECK (replaced >= 0),
    unchanged BIGINT CHECK (unchanged >= 0),
    removed BIGINT CHECK (removed >= 0)
);

-- The page of a CHF lists the Devices that are about to join it.
CREATE INDEX awaited_by_chf ON awaited (chf_device_id);
