-- Takes the record of requests and decisions away: used RequestIDs would be accepted again.

DROP TABLE decisions;
DROP TABLE requests;
