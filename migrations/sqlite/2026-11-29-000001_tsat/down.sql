-- Takes the imported tables away; they can be imported again, and what is shipped holds.

DROP TABLE compatibility;
DROP TABLE tsat;
