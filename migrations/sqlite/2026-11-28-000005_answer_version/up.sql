-- The schemaVersion of one User's answers, where its client validates them by another one than it claims.

ALTER TABLE users ADD COLUMN answer_version TEXT CHECK (answer_version IN ('request', '5.0', '5.1', '5.3', '5.4'));
