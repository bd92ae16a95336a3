ALTER TABLE status_history DROP COLUMN reason;
