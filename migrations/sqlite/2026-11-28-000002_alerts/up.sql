-- No two DCC Alerts have the same number, whatever the clock does; and the moves that an import made are told of once.

-- Numbers that only grow: those of alerts, the last move that alerts told of, and how often what decides about changes of Supplier
-- was replaced.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- An import may suspend and restore Devices by the thousand, in a process that signs nothing: alerts are made from these rows.
CREATE INDEX status_history_suspensions ON status_history (id)
    WHERE interface = 'import' AND (from_status = 'Suspended' OR to_status = 'Suspended');
