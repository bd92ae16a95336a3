-- A Central Products List scans all Devices again.

DROP INDEX devices_by_model;
