-- Who is told what an audience is to know (MP092), and the changes that are made in maintenance windows.

-- One without a mail address reads the lists.
CREATE TABLE contacts (
    audience TEXT COLLATE "C" NOT NULL CHECK (audience IN ('Party', 'RegistrationDataProvider', 'TABASC', 'ServiceProvider', 'Panel', 'ServiceDesk')),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    user_id TEXT COLLATE "C" CHECK (length(user_id) = 23),
    mail TEXT COLLATE "C",
    PRIMARY KEY (audience, name)
);
