-- Forgets the counts: those of decisions that were purged cannot be made again.

DROP TABLE device_tallies;
DROP TABLE answer_tallies;
DELETE FROM counters WHERE name IN ('tallied_decision', 'devices_counted');
