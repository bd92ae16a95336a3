-- Who is told what an audience is to know (MP092), and the changes that are made in maintenance windows.

-- One without a mail address reads the lists.
CREATE TABLE contacts (
    audience TEXT NOT NULL CHECK (audience IN ('Party', 'RegistrationDataProvider', 'TABASC', 'ServiceProvider', 'Panel', 'ServiceDesk')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    user_id TEXT CHECK (length(user_id) = 23),
    mail TEXT,
    PRIMARY KEY (audience, name)
);
