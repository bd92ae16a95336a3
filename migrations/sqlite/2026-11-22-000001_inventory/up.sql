-- The SMI itself: who may use it, what they are registered for, and the Devices with their history.

CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY CHECK (length(user_id) = 23),
    party_signifier TEXT NOT NULL,
    party_name TEXT NOT NULL,
    roles TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Active', 'Suspended')),
    receive_response_url TEXT
);

-- A registration may name a User that is not loaded (yet): registration data and the list of Users come from different
-- sources at different times, so there is no foreign key. The primary key serves the look-up by MPxN and role.
CREATE TABLE registrations (
    mpxn TEXT NOT NULL CHECK (length(mpxn) BETWEEN 1 AND 13),
    role TEXT NOT NULL CHECK (role IN ('IS', 'ES', 'GS', 'RSA', 'ED', 'GT', 'OU')),
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    effective_from TEXT NOT NULL CHECK (length(effective_from) = 24),
    effective_to TEXT CHECK (length(effective_to) = 24 AND effective_to > effective_from),
    PRIMARY KEY (mpxn, role, effective_from)
);

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

CREATE INDEX devices_by_import_mpxn ON devices (import_mpxn);
CREATE INDEX devices_by_secondary_import_mpan ON devices (secondary_import_mpan);
CREATE INDEX devices_by_export_mpan ON devices (export_mpan);
CREATE INDEX devices_by_uprn ON devices (uprn);
CREATE INDEX devices_by_property ON devices (postcode_key, address_identifier);
CREATE INDEX devices_by_chf ON devices (chf_device_id);
CREATE INDEX devices_by_associated_gpf ON devices (associated_gpf_device_id);

-- No foreign key: the history of a Device stays when the Device is removed (SMI.md 2).
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

CREATE INDEX status_history_by_device ON status_history (device_id);
