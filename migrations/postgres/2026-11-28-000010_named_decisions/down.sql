-- Puts every decision back into the index of RequestIDs.

DROP INDEX decisions_by_request;
ALTER TABLE decisions DROP COLUMN is_named;
ALTER TABLE requests DROP COLUMN sequence;
ALTER TABLE requests DROP COLUMN chain;
CREATE INDEX decisions_by_request ON decisions (request_id);
