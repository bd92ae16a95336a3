//! What needs more than one room, or another program to compare with: the one integration binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper of a test fails the test"
)]

mod support;

mod alerts;
mod answer_versions;
mod answers;
mod architecture;
mod backup;
mod batches;
mod bench;
mod calendar;
mod canonical;
mod change_of_supplier;
mod check;
mod client;
mod commands;
mod conform;
mod conform_hubs;
mod console;
mod correct;
mod coverage;
mod csp;
mod csp_n3;
mod demo;
mod device_history;
mod docs;
mod documents;
mod faults;
mod feed;
mod firmware;
mod hostile;
mod hostile_http;
mod http;
mod hub_stock;
mod import;
mod instances;
mod inventory_reports;
mod life;
mod locks;
mod logs;
mod maintenance;
mod maintenance_reports;
mod maintenance_stop;
mod manage;
mod metrics;
mod mutants;
mod named;
mod node_red;
mod oracles;
mod outbox;
mod outputs;
mod overload;
mod packaging;
mod postgres;
mod price;
mod properties;
mod reasons;
mod reflash;
mod reload;
mod retention;

mod rulebook;
mod schema;
mod signature;
mod sql;
mod sr_8_4;
mod story;
mod tallies;
mod test_bench;
mod tls;
mod traceability;
mod tsat;

mod variants;
mod wan_matrix;
mod well_formed;
