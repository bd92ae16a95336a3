-- Forgets what is awaited: the Users concerned get no second answer.

DROP TABLE awaited;
