//! HTTP: takes messages off the wire and puts answers on it. Decides nothing.

mod duis;
mod health;
mod manage;
mod server;

pub use manage::routes as manage_routes;
pub use server::{Listener, ManageListener, Running, bind, bind_manage, spawn, spawn_manage};
