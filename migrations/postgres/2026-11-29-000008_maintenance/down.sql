DROP TABLE derogations;
DROP TABLE maintenance_cases;
DROP TABLE maintenance_published;
DROP TABLE maintenance_schedules;
DROP TABLE maintenance_windows;
