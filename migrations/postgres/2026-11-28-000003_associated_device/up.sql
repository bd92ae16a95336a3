-- The meter or GPF that a PPMID, HCALCS, IHD or CAD is associated with. It is looked for when that leaves the SMI.

ALTER TABLE devices ADD COLUMN associated_device_id TEXT COLLATE "C";

CREATE INDEX devices_by_associated_device ON devices (associated_device_id) WHERE associated_device_id IS NOT NULL;
