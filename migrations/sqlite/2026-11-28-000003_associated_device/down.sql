DROP INDEX devices_by_associated_device;

ALTER TABLE devices DROP COLUMN associated_device_id;
