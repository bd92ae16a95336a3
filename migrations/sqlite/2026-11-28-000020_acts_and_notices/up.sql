-- Who did what, why and with which checks; and who was told what, how and when. Both are kept for ever.

-- Rows are never changed. Each subject has an area of its own, so areas and acts are no closed sets here.
CREATE TABLE acts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL CHECK (length(at) = 24),
    acted_by TEXT NOT NULL,
    area TEXT NOT NULL,
    about TEXT NOT NULL,
    act TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    reason TEXT,
    detail TEXT,
    -- JSON: a list of rule, holds, saw and derogation.
    checks TEXT NOT NULL
);

CREATE INDEX acts_by_area ON acts (area, about);

CREATE TABLE notices (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    about TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 24)
);

CREATE INDEX notices_by_about ON notices (about);

CREATE TABLE notice_recipients (
    notice_id BIGINT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('Party', 'RegistrationDataProvider', 'TABASC', 'ServiceProvider', 'Panel', 'ServiceDesk')),
    name TEXT NOT NULL,
    user_id TEXT CHECK (length(user_id) = 23),
    address TEXT,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'feed', 'hand', 'none')),
    told_at TEXT CHECK (length(told_at) = 24),
    PRIMARY KEY (notice_id, audience, name)
);

CREATE INDEX notice_recipients_by_audience ON notice_recipients (audience, notice_id);
CREATE INDEX notice_recipients_pending ON notice_recipients (channel, notice_id) WHERE told_at IS NULL;
