DROP INDEX coverage_places;
DROP INDEX coverage_uprns;

DELETE FROM coverage WHERE extract_id IS NULL
    OR extract_id NOT IN (SELECT id FROM coverage_extracts WHERE state = 'current');
ALTER TABLE coverage DROP COLUMN extract_id;
DROP TABLE coverage_extracts;

CREATE INDEX coverage_by_uprn ON coverage (uprn);
CREATE INDEX coverage_by_postcode ON coverage (postcode_key, address_identifier);
CREATE INDEX coverage_by_region ON coverage (csp_region);
