-- CSPM-N3: what the CSPs told of Communications Hubs (SMI.md 2, MP155-R26). `changes` is a JSON list of what became different
-- of a hub that was known: device, parameter, from, to.

-- No foreign keys: what was told of a hub stays when the hub is removed, as the history of its status does.
CREATE TABLE hub_notifications (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    chf_device_id TEXT NOT NULL CHECK (length(chf_device_id) = 23),
    gpf_device_id TEXT NOT NULL CHECK (length(gpf_device_id) = 23),
    csp TEXT NOT NULL CHECK (length(csp) = 23),
    csp_region TEXT NOT NULL CHECK (csp_region IN ('North', 'Central', 'South', '4G North', '4G Central', '4G South')),
    request_id TEXT NOT NULL,
    notified_at TEXT NOT NULL CHECK (length(notified_at) = 24),
    outcome TEXT NOT NULL CHECK (outcome IN ('new', 'updated', 'unchanged')),
    changes TEXT NOT NULL
);

CREATE INDEX hub_notifications_by_chf ON hub_notifications (chf_device_id);
CREATE INDEX hub_notifications_by_gpf ON hub_notifications (gpf_device_id);
