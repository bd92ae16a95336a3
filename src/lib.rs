//! The open Smart Metering Inventory: the way a message takes, room by room.
//!
//! `ARCHITECTURE.md` tells the same story for one request, file by file.

// The vocabulary: values, facts, changes and the rulebook; no framework.
pub mod domain;

// The way in and out: takes messages off the wire, puts answers on it.
pub mod web;

// TLS, for listeners and for clients.
pub mod tls;

// The spine: calls the rooms below in order, in one transaction.
pub mod service;

// Reads a message once, decodes it, verifies the signature over the same reading; writes and signs answers.
pub mod duis;

// May this User send this request, and what does it lead to?
pub mod rules;

// Keeps it safe: connections, the writer, transactions, migrations; knows no subject.
pub mod db;

// Loads facts, applies changes, keeps decisions and answers.
pub mod store;

// What is counted and timed, for Prometheus.
pub mod metrics;

// Programs beside the service: client, conform, correct, bench, the demo, the CSP stub.
pub mod tools;

// The command line.
pub mod cli;

// What the operator chose.
pub mod settings;

// What a record or a file was, in 32 bytes.
pub mod hash;

// A secret that no log or listing shows.
pub mod secret;

// The only reader of the system clock.
pub mod clock;
