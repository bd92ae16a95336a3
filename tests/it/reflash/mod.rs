//! Re-flash orders over HTTP and at the command line: requests, authorisations, refusals (HUBS.md 4, 6 to 8).

mod bad_input;
mod capacity;
mod closing;
mod commands;
mod events;
mod harness;
mod of_hub;
mod options;
mod receiving;
mod requests;
mod site;
mod ssmi;
mod stock;
