//! Values that no log or listing shows: bearer tokens, and hashes of passwords.

mod password;
mod token;

pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, NoPasswordHash, PasswordFault, PasswordHash};
pub use token::{NoToken, Secret, TokenFault};
