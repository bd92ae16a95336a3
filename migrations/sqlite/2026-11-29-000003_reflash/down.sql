-- Takes the orders away again.
DROP TABLE reflash_hubs;
DROP TABLE reflash_orders;
