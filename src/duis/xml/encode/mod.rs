//! Answers as XML.
//!
//! In: a [`Response`](crate::domain::Response). Out: an unsigned `sr:Response` that is valid against the schema of
//! the version it names, compact, so that what is signed is what a client verifies. Never an element or a code that
//! the version does not know.

mod alert;
mod hubs;
mod inventory;
mod message;
mod wan_matrix;

pub use alert::encode_alert;
pub use hubs::encode_hubs;
pub use message::encode;
