-- Forgets who was told: switched on again, the notices of the last 30 days are sent anew.

DROP INDEX registrations_by_instant;
DROP TABLE supplier_notices;
