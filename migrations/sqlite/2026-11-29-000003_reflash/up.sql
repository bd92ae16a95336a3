-- Re-flash orders: one request of one Party for one site, and the hubs of it. Both are kept for ever.

CREATE TABLE reflash_orders (
    -- Never used again: the number is a booking reference.
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- The order that this one amends; each is amended once.
    amends BIGINT UNIQUE,
    party TEXT NOT NULL,
    user_id TEXT NOT NULL CHECK (length(user_id) = 23),
    -- The Party's own reference, and what it stands for: the same again is the same order.
    reference TEXT,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    requested_at TEXT NOT NULL CHECK (length(requested_at) = 24),
    hubs_stated BIGINT,
    site TEXT,
    location TEXT,
    redeliver_on TEXT CHECK (length(redeliver_on) = 10),
    redeliver_window TEXT CHECK (length(redeliver_window) = 11),
    state TEXT NOT NULL CHECK (state IN ('Submitted', 'Rejected', 'Authorised', 'Despatched', 'Received', 'Refused', 'InWork', 'Done',
        'Released', 'Closed', 'Cancelled')),
    -- How many delivery numbers it was given; the last one is that of deliver_on.
    deliveries BIGINT NOT NULL CHECK (deliveries >= 0),
    deliver_on TEXT CHECK (length(deliver_on) = 10),
    deliver_window TEXT CHECK (length(deliver_window) = 11),
    late_on TEXT CHECK (length(late_on) = 10),
    late_window TEXT CHECK (length(late_window) = 11),
    purchase_order TEXT,
    work_order TEXT,
    contact TEXT,
    received_at TEXT CHECK (length(received_at) = 24),
    liability_in TEXT CHECK (length(liability_in) = 24),
    liability_out TEXT CHECK (length(liability_out) = 24),
    guidance TEXT,
    asn BIGINT UNIQUE,
    -- JSON: the reasons for the request as a whole, and what was noted.
    reasons TEXT NOT NULL,
    findings TEXT NOT NULL,
    UNIQUE (party, reference),
    CHECK ((deliver_on IS NULL) = (deliver_window IS NULL)),
    CHECK ((late_on IS NULL) = (late_window IS NULL))
);

CREATE INDEX reflash_orders_by_site ON reflash_orders (site, deliver_on);

CREATE TABLE reflash_hubs (
    order_number BIGINT NOT NULL,
    -- The line of the request: in one that was rejected an ID may be missing, or stand twice.
    line BIGINT NOT NULL CHECK (line >= 2),
    chf_device_id TEXT CHECK (length(chf_device_id) = 23),
    gpf_device_id TEXT CHECK (length(gpf_device_id) = 23),
    csp_region TEXT,
    -- As the request told them; and whether it told pallet and carton, too.
    firmware_before TEXT,
    device_manufacturer TEXT,
    device_model TEXT,
    told_package BOOLEAN NOT NULL,
    pallet TEXT,
    carton TEXT,
    target TEXT,
    state TEXT NOT NULL CHECK (state IN ('listed', 'accepted', 'not_accepted', 'missing', 'reflashed', 'failed')),
    -- JSON.
    reasons TEXT NOT NULL,
    unit TEXT,
    batch BIGINT,
    fault_report TEXT CHECK (fault_report IN ('analysis', 'manual')),
    fault_reference TEXT,
    smi_by TEXT,
    smi_at TEXT CHECK (length(smi_at) = 24),
    is_open BOOLEAN NOT NULL,
    PRIMARY KEY (order_number, line)
);

-- A hub is on one open order (RF/n).
CREATE UNIQUE INDEX reflash_hubs_open ON reflash_hubs (chf_device_id) WHERE is_open;
CREATE INDEX reflash_hubs_by_chf ON reflash_hubs (chf_device_id, order_number);
