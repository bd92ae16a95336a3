-- The reason that a request gives for a move: of SR 8.14.3 and 8.14.4 the type of return.

ALTER TABLE status_history ADD COLUMN reason TEXT COLLATE "C";
