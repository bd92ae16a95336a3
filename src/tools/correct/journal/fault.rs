//! Why a journal cannot be used.

use std::{io, path::PathBuf};

use crate::tools::correct::in_flight::InFlightFault;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// It cannot be read or written.
    #[error("{}: {reason}", path.display())]
    Io {
        /// The journal, or its temporary file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// The in-flight file of a batch cannot be read or written.
    #[error(transparent)]
    InFlight(#[from] InFlightFault),
    /// Another run holds the journal's lock.
    #[error("{}: another run uses it", .0.display())]
    InUse(PathBuf),
    /// The file is not a journal.
    #[error("{}: not a journal of `smi correct`", .0.display())]
    Foreign(PathBuf),
    /// The journal belongs to another User or service.
    #[error("{}: it is the journal of `{found}`, not of `{expected}`: name another one with --journal", path.display())]
    Owner {
        /// The journal.
        path: PathBuf,
        /// The owner in its header.
        found: String,
        /// The owner of this run.
        expected: String,
    },
    /// A line before the last one fails its checksum, or cannot be read.
    #[error("{}: line {line} is damaged: what was sent cannot be told", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The number of the line.
        line: u64,
    },
    /// Messages are in flight for lines that the file no longer has.
    #[error(
        "{}: {count} messages were under way for lines that the file no longer has, the first for {first}: run it with the file as it was",
        path.display()
    )]
    Strayed {
        /// The journal.
        path: PathBuf,
        /// How many messages.
        count: usize,
        /// The Device and variant of the first.
        first: String,
    },
}
