-- The variants that a Device Model can have, as its manufacturer says (MP125-D2).

-- A line about every firmware version that has none of its own has an empty one: it is part of the key.
CREATE TABLE model_variants (
    device_manufacturer TEXT NOT NULL,
    device_model TEXT NOT NULL,
    firmware_version TEXT NOT NULL CHECK (length(firmware_version) <= 8),
    esme_variants TEXT NOT NULL CHECK (length(esme_variants) >= 1),
    source TEXT,
    PRIMARY KEY (device_manufacturer, device_model, firmware_version)
);
