-- A new Central Products List finds the Devices of each Device Model that left it, or came back, by this index. Before, it scanned all
-- Devices once for every 500 models, while the writer waited.

CREATE INDEX devices_by_model ON devices (device_model, device_manufacturer, device_type, firmware_version, status);
