//! Programs beside the service: clients of it, benchmarks, a demo, and a stub of a CSP.

pub mod answer_table;
pub mod bench;
pub mod client;
pub mod conform;
pub mod correct;
pub mod csp_stub;
pub mod demo;
pub mod mail_file;
pub mod management;
pub mod service_url;
pub mod whole_file;
