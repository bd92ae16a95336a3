ALTER TABLE firmware_activations DROP COLUMN batch_id;
DROP TABLE firmware_days;
DROP TABLE firmware_batches;
DROP TABLE firmware_schedules;
DROP TABLE firmware_capacity;
