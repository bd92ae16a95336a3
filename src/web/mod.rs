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
mod verify_pool;
mod watch;

pub use bounds::Bounds;
pub use manage::routes as manage_routes;
pub use server::{
    CspListener, Listener, ManageListener, bind, bind_csp_gateway, bind_manage, bind_manage_tls, bind_tls,
    spawn, spawn_csp_gateway, spawn_manage, spawn_manage_tls, spawn_tls,
};
pub use tls::Secure;
