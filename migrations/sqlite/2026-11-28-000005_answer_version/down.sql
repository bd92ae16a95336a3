-- Answers have the schemaVersion of the setting again, or that of the request.

ALTER TABLE users DROP COLUMN answer_version;
