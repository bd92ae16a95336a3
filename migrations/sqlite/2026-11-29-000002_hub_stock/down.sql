-- Forgets the stock of Communications Hubs.

DROP INDEX devices_installed_hubs;
DROP INDEX devices_in_stock;
DROP TABLE stock;
DROP TABLE forecasts;
DROP TABLE charges;
DROP TABLE units;
DROP TABLE locations;
DROP TABLE hub_firmware;
