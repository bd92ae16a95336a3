DROP INDEX awaited_by_chf;
DROP TABLE imports;
