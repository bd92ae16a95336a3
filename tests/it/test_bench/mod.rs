//! The test bench (HARNESS.md 3, 5, 6): faults on purpose, the journal, and what a service without `[test]` has of it.

mod bench;
mod boxed;
mod deliveries;
mod faults;
mod forwarding;
mod journal;
mod refused;
mod restores;
mod states;
