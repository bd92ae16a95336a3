//! The TS Applicability Tables (MP139, HUBS.md 3): what they answer, how they are imported, and where they are asked.

mod command;
mod decisions;
mod http;
mod import;
mod tables;
