//! Programs beside the service: clients of it, measurements of it, and a CSP to test it against.

pub mod bench;
pub mod client;
pub mod conform;
pub mod correct;
pub mod csp_stub;
