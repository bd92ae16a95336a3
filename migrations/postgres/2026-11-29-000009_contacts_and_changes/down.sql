DROP INDEX notices_by_kind;
DROP TABLE changes;
DROP TABLE contacts;
