//! What needs more than one room, or another program to compare with.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod answers;
mod canonical;
mod documents;
mod mutants;
mod oracles;
mod schema;
mod well_formed;
