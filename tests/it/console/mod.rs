//! The console: what people see on the management listener, and who may.

mod browser;
mod forms;
mod harness;
mod pages;
mod sign_in;
mod style;
mod user;
