//! HTTP: takes messages off the wire and puts answers on it. Decides nothing.

mod body;
mod bounds;
mod csp_gateway;
mod duis;
mod health;
mod manage;
mod overload;
pub mod running;
mod server;
mod tag;
mod tls;
mod watch;

pub use bounds::Bounds;
pub use manage::routes as manage_routes;
pub use server::{Listener, ListenerKind, bind, spawn};
pub use tls::Secure;
