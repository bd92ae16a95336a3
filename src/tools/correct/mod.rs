//! ESME Variants corrected in bulk (MP125: more than 719,000 were held under a wrong one): one SR 8.4 for each line of a
//! file.
//!
//! In: a file of Devices with their right variants, a service, and a User's key. Out: signed requests, and what each came
//! to. Nothing is sent twice as another request: what a line is sent as is on the disk before it is sent, and is sent
//! again to the byte where its answer did not come. Which lines the service should refuse is not decided here.

// The lines: what the file says, and what each line came to.
mod file;
mod table;

// What is kept between runs.
mod in_flight;
mod journal;

// Sending: one message, many connections, all groups.
mod control;
mod pace;
mod sender;

mod dispatcher;
mod plan;
mod run;

// What is told at the end.
mod report;

pub use control::{Control, Ending};
pub use file::{Checked, Correction, Fault, FileFault, read};
pub use in_flight::InFlightFault;
pub use journal::{Journal, JournalFault, Owner};
pub use plan::Plan;
pub use report::{Others, ReportWriter, Row, State, Tally, write_report};
pub use run::run;
pub use table::{Codes, Outcome, Table, UnderWay};
