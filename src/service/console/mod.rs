//! The console's people: users with roles, sign-in, sessions.

mod user;

pub use user::{ConsoleRole, ConsoleUser, PersonName};
