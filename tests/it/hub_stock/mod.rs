//! Communications Hub stock: what reports, lists and pages say of it, on either store.

mod acceptance;
mod availability;
mod command;
mod http;
mod installed;
mod sample;
mod unusual;
