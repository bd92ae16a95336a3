-- Forgets what CSPs told; the hubs themselves, and the decisions about them, stay.

DROP TABLE hub_notifications;
