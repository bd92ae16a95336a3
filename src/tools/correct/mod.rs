//! Bulk correction of ESME Variants (MP125: more than 719,000 were held under a wrong one): one SR 8.4 for each line of a
//! file.
//!
//! In: a file of Devices with their right variants, a service, and a User's key. Out: signed requests, and the outcome of
//! each line. A message is on the disk before it is sent, and a retry sends the same bytes: so no line is ever sent as two
//! requests. Which lines the service should refuse is not decided here.

// The lines of the file, and their answers.
mod file;
mod table;

// What is kept between runs.
mod in_flight;
mod journal;

// Sending: stop signal, rate limit, retries of one message, batches over many connections.
mod plan;
mod rate_limit;
mod sender;
mod stop;

mod dispatcher;
mod failure_streak;
mod run;

// The report, written at the end.
mod report;
mod tally;

pub use file::{CheckedFile, Correction, FileFault, LineFault, read};
pub use in_flight::InFlightFault;
pub use journal::{Journal, JournalFault, JournalOwner};
pub use plan::CorrectionPlan;
pub use report::{ReportRow, ReportWriter, UnsentLines, write_report};
pub use run::run;
pub use stop::{StopReason, StopSignal};
pub use table::{Codes, InFlightLine, LineAnswer, LineTable};
pub use tally::{LineOutcome, Tally};
