//! The one integration binary.

mod support;

mod answers;
mod canonical;
mod client;
mod commands;
mod documents;
mod http;
mod rooms;
mod schema;
mod signature;
mod sr_8_4;
mod story;
mod well_formed;
