-- One index less is written for each request: a request names the decision that its answer tells of, and only other decisions
-- are in an index of RequestIDs.

-- The place of that decision in its chain. Empty in requests of an older version, whose decisions stay in the index.
ALTER TABLE requests ADD COLUMN chain TEXT COLLATE "C";
ALTER TABLE requests ADD COLUMN sequence BIGINT CHECK (sequence >= 1);

-- Whether the request names it.
ALTER TABLE decisions ADD COLUMN is_named BOOLEAN CHECK (is_named IN (FALSE, TRUE));

DROP INDEX decisions_by_request;
CREATE INDEX decisions_by_request ON decisions (request_id) WHERE is_named IS NULL;
