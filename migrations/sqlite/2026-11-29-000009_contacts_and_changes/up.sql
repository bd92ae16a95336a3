-- Who is told what an audience is to know (MP092), and the changes that are made in maintenance windows.

-- One without a mail address reads the lists.
CREATE TABLE contacts (
    audience TEXT NOT NULL CHECK (audience IN ('Party', 'RegistrationDataProvider', 'TABASC', 'ServiceProvider', 'Panel', 'ServiceDesk')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    user_id TEXT CHECK (length(user_id) = 23),
    mail TEXT,
    PRIMARY KEY (audience, name)
);

-- What was done in windows, and what came of it. A failure has its effect and what was learned.
CREATE TABLE changes (
    change_id TEXT NOT NULL PRIMARY KEY CHECK (length(change_id) BETWEEN 1 AND 40),
    reference TEXT CHECK (length(reference) BETWEEN 1 AND 40),
    implemented_on TEXT CHECK (length(implemented_on) = 10),
    title TEXT NOT NULL,
    provider TEXT NOT NULL CHECK (provider IN ('DSP', 'CSP North', 'CSP Central & South', 'S1SP', 'DCO', 'DCC')),
    outcome TEXT CHECK (outcome IN ('success', 'failed')),
    incident_category TEXT CHECK (incident_category IN ('1', '2', '3', '4')),
    effect TEXT CHECK (effect IN ('none', 'minimal', 'significant')),
    lesson TEXT,
    CHECK (outcome IS NULL OR outcome <> 'failed' OR (effect IS NOT NULL AND lesson IS NOT NULL))
);

CREATE INDEX changes_by_window ON changes (reference);

-- The metrics count notices by their kind.
CREATE INDEX notices_by_kind ON notices (kind);
