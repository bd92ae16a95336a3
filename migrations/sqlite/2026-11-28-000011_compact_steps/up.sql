-- Steps of new decisions are stored in a compact form, a tenth as long. Older versions cannot read it, so they refuse the database.

-- Nothing changes in the tables: decisions of older versions are read as they are.
SELECT 1;
