//! HTTP: takes messages off the wire and puts answers on it. Decides nothing.

mod duis;
mod health;
mod manage;
mod overload;
mod server;
mod tag;

pub use manage::routes as manage_routes;
pub use server::{Listener, ManageListener, Running, bind, bind_manage, spawn, spawn_manage};
