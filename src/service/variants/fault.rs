//! The error of a search for wrong variants.

use std::io;

use crate::{db::StoreFault, domain::Malformed};

/// Why suspects were not listed, or a report was not made, to the end.
#[derive(Debug, thiserror::Error)]
pub enum VariantFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// Who asked went away: nobody waits for the answer.
    #[error("nobody waits for it any more")]
    Unread,
    /// A value that a question to the engine was made with is malformed, which is a bug of this program.
    #[error(transparent)]
    Invented(#[from] Malformed),
}
