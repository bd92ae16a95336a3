//! The TS Applicability Tables (MP139, HUBS.md 3).

mod tables;
