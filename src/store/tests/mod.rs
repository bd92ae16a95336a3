//! Tests of the database and its writer, with the tables and values of the store.

mod older_decisions;
mod older_history;
mod postgres;
mod sqlite;
mod writer;
mod writer_on_a_server;
