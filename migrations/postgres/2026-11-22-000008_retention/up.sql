-- What is old enough to be given up is found without reading what is not.

-- An answer that was given up is empty; its RequestID and digest stay.
CREATE INDEX requests_with_answer ON requests (received_at) WHERE length(answer) > 0;
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL;
