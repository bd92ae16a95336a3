-- Closed sets as lists again, and every Device in every index.

ALTER TABLE devices RENAME TO devices_before;

CREATE TABLE devices (
    device_id TEXT NOT NULL PRIMARY KEY CHECK (length(device_id) = 23),
    device_type TEXT NOT NULL CHECK (device_type IN ('ESME', 'GSME', 'GPF', 'CHF', 'HCALCS', 'PPMID', 'IHD', 'CAD')),
    status TEXT CHECK (status IN ('Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned', 'Decommissioned', 'Withdrawn', 'Suspended',
        'Recovery', 'Recovered')),
    device_manufacturer TEXT NOT NULL,
    device_model TEXT NOT NULL,
    smets_chts_version TEXT,
    firmware_version TEXT,
    esme_variant TEXT CHECK (esme_variant IN ('A', 'B', 'C', 'AD', 'BD', 'CD', 'ADE', 'BDE', 'CDE', 'ADF', 'BDF', 'CDF', 'ADEF', 'BDEF', 'CDEF', 'ADG', 'ADEG',
        'AF', 'BF', 'CF', 'AEF', 'BEF', 'CEF', 'AG', 'AEG')),
    pre_notified_by TEXT,
    chf_device_id TEXT,
    associated_gpf_device_id TEXT,
    import_mpxn TEXT,
    secondary_import_mpan TEXT,
    export_mpan TEXT,
    uprn BIGINT,
    postcode TEXT,
    postcode_key TEXT,
    address_identifier TEXT,
    csp_region TEXT CHECK (csp_region IN ('North', 'Central', 'South', '4G North', '4G Central', '4G South', 'Unknown',
        'SMETS1')),
    gbcs_version TEXT,
    han_variant TEXT,
    s1sp TEXT,
    connectivity TEXT CHECK (connectivity IN ('Cellular', 'Virtual')),
    date_commissioned TEXT CHECK (length(date_commissioned) = 10),
    CHECK ((status IS NULL) = (device_type IN ('IHD', 'CAD'))),
    CHECK (esme_variant IS NULL OR device_type = 'ESME'),
    CHECK (associated_gpf_device_id IS NULL OR device_type = 'CHF'),
    CHECK ((postcode IS NULL) = (postcode_key IS NULL)),
    CHECK ((postcode IS NULL) = (address_identifier IS NULL))
);

INSERT INTO devices (
    device_id, device_type, status, device_manufacturer, device_model, smets_chts_version, firmware_version,
    esme_variant, pre_notified_by, chf_device_id, associated_gpf_device_id, import_mpxn, secondary_import_mpan,
    export_mpan, uprn, postcode, postcode_key, address_identifier, csp_region, gbcs_version, han_variant, s1sp,
    connectivity, date_commissioned
)
SELECT
    device_id, device_type, status, device_manufacturer, device_model, smets_chts_version, firmware_version,
    esme_variant, pre_notified_by, chf_device_id, associated_gpf_device_id, import_mpxn, secondary_import_mpan,
    export_mpan, uprn, postcode, postcode_key, address_identifier, csp_region, gbcs_version, han_variant, s1sp,
    connectivity, date_commissioned
FROM devices_before;

DROP TABLE devices_before;

CREATE INDEX devices_by_import_mpxn ON devices (import_mpxn);
CREATE INDEX devices_by_secondary_import_mpan ON devices (secondary_import_mpan);
CREATE INDEX devices_by_export_mpan ON devices (export_mpan);
CREATE INDEX devices_by_uprn ON devices (uprn);
CREATE INDEX devices_by_property ON devices (postcode_key, address_identifier);
CREATE INDEX devices_by_chf ON devices (chf_device_id);
CREATE INDEX devices_by_associated_gpf ON devices (associated_gpf_device_id);

ALTER TABLE status_history RENAME TO status_history_before;

CREATE TABLE status_history (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL CHECK (length(device_id) = 23),
    from_status TEXT CHECK (from_status IN ('Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned', 'Decommissioned', 'Withdrawn', 'Suspended',
        'Recovery', 'Recovered')),
    to_status TEXT CHECK (to_status IN ('Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned', 'Decommissioned', 'Withdrawn', 'Suspended',
        'Recovery', 'Recovered')),
    changed_at TEXT NOT NULL CHECK (length(changed_at) = 24),
    changed_by TEXT,
    request_id TEXT,
    interface TEXT NOT NULL
);

-- Numbered anew, in their order: nothing refers to their numbers.
INSERT INTO status_history (
    device_id, from_status, to_status, changed_at, changed_by, request_id, interface
)
SELECT
    device_id, from_status, to_status, changed_at, changed_by, request_id, interface
FROM status_history_before ORDER BY id;

DROP TABLE status_history_before;

CREATE INDEX status_history_by_device ON status_history (device_id);
