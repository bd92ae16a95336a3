-- Takes the SMI itself away: everything that was loaded or decided about Devices is lost.

DROP TABLE status_history;
DROP TABLE devices;
DROP TABLE registrations;
DROP TABLE users;
