-- Takes the reference data away; it can be imported again.

DROP TABLE cpl;
DROP TABLE coverage;
