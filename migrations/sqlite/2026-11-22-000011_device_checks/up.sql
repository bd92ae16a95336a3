-- Devices and their history are written several times as fast: closed sets are checked without lists, of which SQLite
-- builds a table for each row that it checks, and what a Device does not have stands in no index.

ALTER TABLE devices RENAME TO devices_before;

CREATE TABLE devices (
    device_id TEXT NOT NULL PRIMARY KEY CHECK (length(device_id) = 23),
    device_type TEXT NOT NULL CHECK (device_type = 'ESME' OR device_type = 'GSME' OR device_type = 'GPF' OR
        device_type = 'CHF' OR device_type = 'HCALCS' OR device_type = 'PPMID' OR device_type = 'IHD' OR
        device_type = 'CAD'),
    status TEXT CHECK (status = 'Pending' OR status = 'Whitelisted' OR status = 'InstalledNotCommissioned' OR
        status = 'Commissioned' OR status = 'Decommissioned' OR status = 'Withdrawn' OR status = 'Suspended' OR
        status = 'Recovery' OR status = 'Recovered'),
    device_manufacturer TEXT NOT NULL,
    device_model TEXT NOT NULL,
    smets_chts_version TEXT,
    firmware_version TEXT,
    esme_variant TEXT CHECK (esme_variant = 'A' OR esme_variant = 'B' OR esme_variant = 'C' OR
        esme_variant = 'AD' OR esme_variant = 'BD' OR esme_variant = 'CD' OR esme_variant = 'ADE' OR
        esme_variant = 'BDE' OR esme_variant = 'CDE' OR esme_variant = 'ADF' OR esme_variant = 'BDF' OR
        esme_variant = 'CDF' OR esme_variant = 'ADEF' OR esme_variant = 'BDEF' OR esme_variant = 'CDEF' OR
        esme_variant = 'ADG' OR esme_variant = 'ADEG' OR esme_variant = 'AF' OR esme_variant = 'BF' OR
        esme_variant = 'CF' OR esme_variant = 'AEF' OR esme_variant = 'BEF' OR esme_variant = 'CEF' OR
        esme_variant = 'AG' OR esme_variant = 'AEG'),
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
    csp_region TEXT CHECK (csp_region = 'North' OR csp_region = 'Central' OR csp_region = 'South' OR
        csp_region = '4G North' OR csp_region = '4G Central' OR csp_region = '4G South' OR
        csp_region = 'Unknown' OR csp_region = 'SMETS1'),
    gbcs_version TEXT,
    han_variant TEXT,
    s1sp TEXT,
    connectivity TEXT CHECK (connectivity = 'Cellular' OR connectivity = 'Virtual'),
    date_commissioned TEXT CHECK (length(date_commissioned) = 10),
    CHECK ((status IS NULL) = (device_type = 'IHD' OR device_type = 'CAD')),
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

CREATE INDEX devices_by_import_mpxn ON devices (import_mpxn) WHERE import_mpxn IS NOT NULL;
CREATE INDEX devices_by_secondary_import_mpan ON devices (secondary_import_mpan) WHERE secondary_import_mpan IS NOT NULL;
CREATE INDEX devices_by_export_mpan ON devices (export_mpan) WHERE export_mpan IS NOT NULL;
CREATE INDEX devices_by_uprn ON devices (uprn) WHERE uprn IS NOT NULL;
CREATE INDEX devices_by_property ON devices (postcode_key, address_identifier) WHERE postcode_key IS NOT NULL;
CREATE INDEX devices_by_chf ON devices (chf_device_id) WHERE chf_device_id IS NOT NULL;
CREATE INDEX devices_by_associated_gpf ON devices (associated_gpf_device_id) WHERE associated_gpf_device_id IS NOT NULL;

ALTER TABLE status_history RENAME TO status_history_before;

CREATE TABLE status_history (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL CHECK (length(device_id) = 23),
    from_status TEXT CHECK (from_status = 'Pending' OR from_status = 'Whitelisted' OR
        from_status = 'InstalledNotCommissioned' OR from_status = 'Commissioned' OR
        from_status = 'Decommissioned' OR from_status = 'Withdrawn' OR from_status = 'Suspended' OR
        from_status = 'Recovery' OR from_status = 'Recovered'),
    to_status TEXT CHECK (to_status = 'Pending' OR to_status = 'Whitelisted' OR
        to_status = 'InstalledNotCommissioned' OR to_status = 'Commissioned' OR to_status = 'Decommissioned' OR
        to_status = 'Withdrawn' OR to_status = 'Suspended' OR to_status = 'Recovery' OR to_status = 'Recovered'),
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
