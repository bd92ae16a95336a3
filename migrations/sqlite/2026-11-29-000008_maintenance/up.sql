-- Planned maintenance (MP092): windows, the schedules that told them, what others said about them, and derogations.

-- The working copy of each window. Windows are kept for ever.
CREATE TABLE maintenance_windows (
    reference TEXT NOT NULL PRIMARY KEY CHECK (length(reference) BETWEEN 1 AND 40),
    kind TEXT NOT NULL CHECK (kind IN ('planned', 'unplanned', 'emergency')),
    environment TEXT NOT NULL CHECK (environment IN ('production', 'UIT', 'SIT', 'development')),
    title TEXT,
    services TEXT,
    disruption TEXT CHECK (disruption IN ('certain', 'risk', 'none')),
    communications BOOLEAN NOT NULL,
    install_commission BOOLEAN NOT NULL,
    smets1_migrations BOOLEAN NOT NULL,
    service_requests BOOLEAN NOT NULL,
    stops_top_ups BOOLEAN NOT NULL,
    user_changes BOOLEAN NOT NULL,
    ssi BOOLEAN NOT NULL,
    consumer_affecting BOOLEAN NOT NULL,
    hubs_affected BIGINT CHECK (hubs_affected >= 0),
    hubs_basis TEXT,
    -- With `;` between them, as stops.
    providers TEXT NOT NULL,
    migration_systems BOOLEAN NOT NULL,
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 24),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 24),
    risk_to_return TEXT,
    why TEXT,
    stops TEXT NOT NULL,
    category TEXT CHECK (category IN ('High', 'Low')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'changed', 'withdrawn', 'closed')),
    aware_at TEXT CHECK (length(aware_at) = 24),
    actual_start TEXT CHECK (length(actual_start) = 24),
    actual_end TEXT CHECK (length(actual_end) = 24),
    -- Whether end-to-end communications were disrupted unexpectedly.
    disrupted TEXT CHECK (disrupted IN ('yes', 'no')),
    note TEXT,
    CHECK (starts_at < ends_at),
    CHECK ((state <> 'closed') = (actual_start IS NULL)),
    CHECK ((actual_start IS NULL) = (actual_end IS NULL)),
    CHECK ((actual_start IS NULL) = (disrupted IS NULL))
);

CREATE INDEX maintenance_windows_by_start ON maintenance_windows (starts_at);
CREATE INDEX maintenance_windows_by_end ON maintenance_windows (ends_at);

-- The revisions of months. Rows are never changed, as those of maintenance_published.
CREATE TABLE maintenance_schedules (
    month TEXT NOT NULL CHECK (length(month) = 7),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    published_at TEXT NOT NULL CHECK (length(published_at) = 24),
    published_by TEXT NOT NULL,
    -- Whether the month's first schedule came too late.
    late BOOLEAN NOT NULL,
    rule_set TEXT NOT NULL CHECK (rule_set IN ('before', 'trial', 'mp092')),
    note TEXT,
    PRIMARY KEY (month, revision)
);

-- A version for each time that a window was told. The newest one of a reference is in force.
CREATE TABLE maintenance_published (
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    version BIGINT NOT NULL CHECK (version >= 1),
    month TEXT NOT NULL CHECK (length(month) = 7),
    -- 0: announced, extended or withdrawn alone.
    revision BIGINT NOT NULL CHECK (revision >= 0),
    published_at TEXT NOT NULL CHECK (length(published_at) = 24),
    withdrawn BOOLEAN NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('planned', 'unplanned', 'emergency')),
    environment TEXT NOT NULL CHECK (environment IN ('production', 'UIT', 'SIT', 'development')),
    title TEXT,
    services TEXT,
    disruption TEXT CHECK (disruption IN ('certain', 'risk', 'none')),
    communications BOOLEAN NOT NULL,
    install_commission BOOLEAN NOT NULL,
    smets1_migrations BOOLEAN NOT NULL,
    service_requests BOOLEAN NOT NULL,
    stops_top_ups BOOLEAN NOT NULL,
    user_changes BOOLEAN NOT NULL,
    ssi BOOLEAN NOT NULL,
    consumer_affecting BOOLEAN NOT NULL,
    hubs_affected BIGINT CHECK (hubs_affected >= 0),
    hubs_basis TEXT,
    -- With `;` between them, as stops.
    providers TEXT NOT NULL,
    migration_systems BOOLEAN NOT NULL,
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 24),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 24),
    risk_to_return TEXT,
    why TEXT,
    stops TEXT NOT NULL,
    category TEXT CHECK (category IN ('High', 'Low')),
    PRIMARY KEY (reference, version)
);

CREATE INDEX maintenance_published_by_month ON maintenance_published (month, revision);
CREATE INDEX maintenance_published_by_end ON maintenance_published (ends_at);

CREATE TABLE maintenance_cases (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    kind TEXT NOT NULL CHECK (kind IN ('panel_request', 'challenge', 'replacement')),
    party TEXT NOT NULL,
    reasons TEXT,
    opened_at TEXT NOT NULL CHECK (length(opened_at) = 24),
    outcome TEXT CHECK (outcome IN ('moved', 'kept', 'reclassified', 'replaced', 'dropped')),
    outcome_reason TEXT,
    closed_at TEXT CHECK (length(closed_at) = 24),
    CHECK ((outcome IS NULL) = (outcome_reason IS NULL)),
    CHECK ((outcome IS NULL) = (closed_at IS NULL))
);

CREATE INDEX maintenance_cases_by_window ON maintenance_cases (reference);

CREATE TABLE derogations (
    derogation_id TEXT NOT NULL PRIMARY KEY CHECK (length(derogation_id) BETWEEN 1 AND 40),
    -- With `;` between them.
    rules TEXT NOT NULL,
    -- References of windows, with `;` between them; empty where it is for all.
    windows TEXT NOT NULL,
    from_date TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date TEXT NOT NULL CHECK (length(to_date) = 10),
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    CHECK (from_date <= to_date)
);
