//! The open Smart Metering Inventory: its modules, in the order in which a message passes them.
//!
//! `ARCHITECTURE.md` follows one request through them, file by file.

// Domain types: values, requests, facts, changes, decisions. No framework.
pub mod domain;

// HTTP listeners: DUIS, management, console, CSP gateway.
pub mod web;

// TLS configuration, for listeners and for clients.
pub mod tls;

// The request pipeline: calls the modules below in order, in one transaction.
pub mod service;

// The DUIS codec: one parse of a message, from which it is decoded and its signature verified; encodes and signs answers.
pub mod duis;

// The rules engine: access control and decisions.
pub mod rules;

// The database layer: connections, writer, transactions, migrations. It knows no subject.
pub mod db;

// The repositories: load facts, apply changes, keep decision records and answers.
pub mod store;

// Metrics for Prometheus.
pub mod metrics;

// Programs beside the service: client, conform, correct, bench, the demo, the CSP stub.
pub mod tools;

// The command line.
pub mod cli;

// Settings: file, environment and flags, checked.
pub mod settings;

// SHA-256 hashes of records and files.
pub mod hash;

// A secret that no log or listing shows.
pub mod secret;

// The only reader of the system's clocks.
pub mod clock;
