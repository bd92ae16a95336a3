//! The console: what people see on the management listener, and who may.

mod browser;
mod coverage;
mod device_actions;
mod devices;
mod forms;
mod harness;
mod import;
mod jobs;
mod notices;
mod order_life;
mod orders;
mod orders_unusual;
mod pages;
mod privacy;
mod reference;
mod search;
mod sign_in;
mod sites;
mod stock;
mod style;
mod supply_points;
mod test_bench;
mod user;
mod users;
mod validity;
mod what_if;
