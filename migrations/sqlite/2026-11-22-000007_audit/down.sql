-- Takes the chain away; the decisions stay.

DROP TABLE audit_heads;
DROP INDEX decisions_by_chain;
ALTER TABLE decisions DROP COLUMN hash;
ALTER TABLE decisions DROP COLUMN previous_hash;
ALTER TABLE decisions DROP COLUMN sequence;
ALTER TABLE decisions DROP COLUMN chain;
