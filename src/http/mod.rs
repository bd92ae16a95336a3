//! HTTP: takes messages off the wire and puts answers on it. Decides nothing.

mod duis;
mod health;
mod server;

pub use server::{Listener, Running, bind, spawn};
