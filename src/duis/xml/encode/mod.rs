//! The answer encoder.
//!
//! In: a [`Response`](crate::domain::Response). Out: an unsigned `sr:Response`, valid by the schema of the version it names
//! and without elements or codes that this version does not know. It has no whitespace between elements: some clients strip
//! it before they verify the signature.

mod alert;
mod firmware;
mod hubs;
mod inventory;
mod message;
mod wan_matrix;

pub use alert::encode_alert;
pub(super) use firmware::device_id_list;
pub use hubs::encode_hubs;
pub use message::encode;
pub use wan_matrix::{ShownRegion, shown_regions};
