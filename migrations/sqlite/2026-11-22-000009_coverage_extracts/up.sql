-- Coverage belongs to an extract: one CSP Region's file, loaded as a whole. A region has one that answers.

-- 'loading': rows still come, nobody sees them; 'old': rows are being taken away. Both are left by a load that broke off.
CREATE TABLE coverage_extracts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    csp_region TEXT NOT NULL CHECK (csp_region IN ('North', 'Central', 'South', '4G North', '4G Central', '4G South')),
    source TEXT,
    loaded_at TEXT CHECK (length(loaded_at) = 24),
    row_count BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('loading', 'current', 'old'))
);

CREATE UNIQUE INDEX coverage_extracts_current ON coverage_extracts (csp_region) WHERE state = 'current';

-- A row without an extract is seen by nobody.
ALTER TABLE coverage ADD COLUMN extract_id BIGINT;

-- What was loaded before: nobody noted from which file, and when.
INSERT INTO coverage_extracts (csp_region, row_count, state)
    SELECT csp_region, COUNT(*), 'current' FROM coverage GROUP BY csp_region;
UPDATE coverage SET extract_id = (
    SELECT coverage_extracts.id FROM coverage_extracts WHERE coverage_extracts.csp_region = coverage.csp_region
);

DROP INDEX coverage_by_uprn;
DROP INDEX coverage_by_postcode;
DROP INDEX coverage_by_region;

-- A place is there once in an extract; these find it, too. No UPRN is 0.
CREATE UNIQUE INDEX coverage_uprns ON coverage (extract_id, uprn) WHERE uprn IS NOT NULL;
CREATE UNIQUE INDEX coverage_places ON coverage (extract_id, postcode_key, COALESCE(address_identifier, ''), COALESCE(uprn, 0));
