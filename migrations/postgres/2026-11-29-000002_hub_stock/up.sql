-- Communications Hub stock: which firmware is in production, where hubs lie and are re-flashed, what that costs, and an index that
-- reports of what is in stock are read from.

CREATE TABLE hub_firmware (
    device_manufacturer TEXT COLLATE "C" NOT NULL,
    device_model TEXT COLLATE "C" NOT NULL,
    firmware_version TEXT COLLATE "C" NOT NULL,
    chts_version TEXT COLLATE "C" NOT NULL,
    gbcs_version TEXT COLLATE "C" NOT NULL,
    production_from TEXT COLLATE "C" NOT NULL CHECK (length(production_from) = 10),
    production_to TEXT COLLATE "C" CHECK (length(production_to) = 10 AND production_to >= production_from),
    PRIMARY KEY (device_manufacturer, device_model, firmware_version),
    UNIQUE (device_manufacturer, device_model, production_from)
);

-- A location is a Party's, or a site with the CSP Regions that it serves; limits are those of a site.
CREATE TABLE locations (
    location_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    party_signifier TEXT COLLATE "C",
    csp_regions TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    postcode TEXT COLLATE "C" NOT NULL,
    contact_email TEXT COLLATE "C" NOT NULL,
    max_hubs BIGINT CHECK (max_hubs >= 1),
    hubs_per_month BIGINT CHECK (hubs_per_month >= 1),
    deliveries_per_window BIGINT CHECK (deliveries_per_window >= 1),
    CHECK ((party_signifier IS NULL) <> (csp_regions IS NULL)),
    CHECK (party_signifier IS NULL OR (max_hubs IS NULL AND hubs_per_month IS NULL AND deliveries_per_window IS NULL))
);

CREATE TABLE units (
    unit_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    location_id TEXT COLLATE "C" NOT NULL,
    places BIGINT NOT NULL CHECK (places BETWEEN 1 AND 64),
    check_due_on TEXT COLLATE "C" NOT NULL CHECK (length(check_due_on) = 10)
);

-- A charge for every band has an empty one: it is part of the key.
CREATE TABLE charges (
    regulatory_year TEXT COLLATE "C" NOT NULL CHECK (length(regulatory_year) = 4),
    charge TEXT COLLATE "C" NOT NULL CHECK (charge IN ('REFLASH', 'K7.5(o)', 'K7.5(p)')),
    band TEXT COLLATE "C" NOT NULL,
    cost_pence BIGINT NOT NULL CHECK (cost_pence BETWEEN 0 AND 1000000),
    PRIMARY KEY (regulatory_year, charge, band)
);

CREATE TABLE forecasts (
    party_signifier TEXT COLLATE "C" NOT NULL,
    location_id TEXT COLLATE "C" NOT NULL,
    period_from TEXT COLLATE "C" NOT NULL CHECK (length(period_from) = 10),
    hubs BIGINT NOT NULL CHECK (hubs >= 0),
    given_on TEXT COLLATE "C" NOT NULL CHECK (length(given_on) = 10),
    PRIMARY KEY (party_signifier, location_id, period_from)
);

-- Where a hub lies may be known before the Device is.
CREATE TABLE stock (
    chf_device_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(chf_device_id) = 23),
    location_id TEXT COLLATE "C" NOT NULL,
    delivered_on TEXT COLLATE "C" CHECK (length(delivered_on) = 10),
    asn TEXT COLLATE "C",
    pallet TEXT COLLATE "C",
    carton TEXT COLLATE "C",
    packaging TEXT COLLATE "C" NOT NULL CHECK (packaging = 'sealed' OR packaging = 'opened' OR packaging = 'damaged')
);

-- Reports group what is in stock in the order of this index, and read nothing else for it. The terms stand as literals in the queries,
-- too: SQLite does not use a partial index for bound values, and reads the row of a Device for a column of a term that the index has not.
CREATE INDEX devices_in_stock ON devices (
    pre_notified_by, device_manufacturer, device_model, firmware_version, smets_chts_version, gbcs_version, csp_region, han_variant,
    s1sp, device_id, device_type, status
) WHERE device_type = 'CHF' AND status = 'Pending';

-- What is installed, by the versions that decide how long it may stay.
CREATE INDEX devices_installed_hubs ON devices (
    smets_chts_version, gbcs_version, device_manufacturer, device_model, csp_region, pre_notified_by, s1sp, device_id,
    device_type, status
) WHERE device_type = 'CHF' AND (status = 'InstalledNotCommissioned' OR status = 'Commissioned' OR status = 'Suspended' OR
    status = 'Recovery' OR status = 'Recovered');
