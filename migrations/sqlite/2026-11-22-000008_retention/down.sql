-- Takes the indexes of retention away.

DROP INDEX outbox_delivered;
DROP INDEX requests_with_answer;
