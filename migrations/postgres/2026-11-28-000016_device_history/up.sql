-- The record of a Device as it stood: every change of it keeps the fields that it changed, with the values before and after.

-- JSON: `[["firmware_version","01","02"]]`, without the status, which has columns of its own. A row that changes other fields alone
-- has neither status.
ALTER TABLE status_history ADD COLUMN changes TEXT COLLATE "C";

-- The changes of a decision to the Device that it names, where its status stays: no other row is written for them. They are hashed
-- with the decision. `changes_after` is the last row of `status_history` before them, so that both have one order.
ALTER TABLE decisions ADD COLUMN changes TEXT COLLATE "C";
ALTER TABLE decisions ADD COLUMN changes_after BIGINT CHECK (changes_after >= 0);

-- What was changed before this instant (milliseconds since 1970) is not known, but for the statuses.
INSERT INTO counters (name, value)
SELECT 'unknown_before', CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) + 1
WHERE EXISTS (SELECT 1 FROM devices) OR EXISTS (SELECT 1 FROM status_history);
