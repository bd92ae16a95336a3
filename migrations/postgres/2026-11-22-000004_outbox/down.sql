-- Takes the outbox away: what was not delivered is lost.

DROP TABLE outbox;
