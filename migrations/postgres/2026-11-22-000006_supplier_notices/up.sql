-- Which gaining Suppliers were told to confirm an ESME Variant, so that none is told twice of one change of Supplier.

-- Named by what it is about, not by a row of registrations: an import puts new rows in the place of old ones.
CREATE TABLE supplier_notices (
    device_id TEXT COLLATE "C" NOT NULL CHECK (length(device_id) = 23),
    mpxn TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL CHECK (length(user_id) = 23),
    effective_from TEXT COLLATE "C" NOT NULL CHECK (length(effective_from) = 24),
    PRIMARY KEY (device_id, mpxn, user_id, effective_from)
);

-- Changes of Supplier are looked for by the instant they took effect.
CREATE INDEX registrations_by_instant ON registrations (role, effective_from);
