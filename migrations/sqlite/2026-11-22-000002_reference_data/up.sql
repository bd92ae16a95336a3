-- What other parties publish and the rules look up: the CSPs' WAN coverage and the Central Products List.

-- wan_technology is data to the last character: one space means something else than none or two (MP106-R8).
CREATE TABLE coverage (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    csp_region TEXT NOT NULL CHECK (csp_region IN ('North', 'Central', 'South', '4G North', '4G Central', '4G South')),
    postcode TEXT NOT NULL,
    postcode_key TEXT NOT NULL,
    address_identifier TEXT,
    uprn BIGINT,
    coverage_availability BOOLEAN NOT NULL CHECK (coverage_availability IN (FALSE, TRUE)),
    anticipated_coverage_date TEXT CHECK (length(anticipated_coverage_date) = 10),
    wan_technology TEXT NOT NULL CHECK (wan_technology IN ('Standard 420', 'Variant 450', '420', '450', 'Cellular',
        'Cellular+Mesh', 'Special Installation Mesh', ' ', 'No Coverage Intended')),
    connectivity_likelihood TEXT NOT NULL CHECK (connectivity_likelihood IN ('High', 'Medium', 'Low')),
    auxiliary_equipment_required TEXT,
    additional_information TEXT
);

CREATE INDEX coverage_by_uprn ON coverage (uprn);
CREATE INDEX coverage_by_postcode ON coverage (postcode_key, address_identifier);
CREATE INDEX coverage_by_region ON coverage (csp_region);

-- A Device Model without a firmware version has an empty one: it is part of the key.
CREATE TABLE cpl (
    device_manufacturer TEXT NOT NULL,
    device_model TEXT NOT NULL,
    device_type TEXT NOT NULL CHECK (device_type IN ('ESME', 'GSME', 'GPF', 'CHF', 'HCALCS', 'PPMID', 'IHD', 'CAD')),
    firmware_version TEXT NOT NULL,
    smets_chts_version TEXT,
    gbcs_version TEXT,
    status TEXT NOT NULL CHECK (status IN ('Active', 'Cancelled', 'Expired', 'Withdrawn')),
    PRIMARY KEY (device_manufacturer, device_model, device_type, firmware_version)
);
