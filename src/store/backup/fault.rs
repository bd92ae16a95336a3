//! Why a backup could not be taken or restored.

use std::{io, path::PathBuf};

use crate::{
    db::{OpenFault, StoreFault},
    hash::Hash,
};

/// Why a backup could not be taken or restored; nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The file cannot be read or written.
    #[error("{}: {reason}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// There is such a file already.
    #[error("{}: there is such a file already, and a backup never takes the place of anything", .0.display())]
    Exists(PathBuf),
    /// It is no backup, or not a whole one.
    #[error("line {line}: {reason}")]
    Broken {
        /// Where.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// It is not what was written.
    #[error("the file was changed: its last line says SHA-256 {said}, and it has {found}")]
    Checksum {
        /// As the last line says.
        said: Hash,
        /// As it is.
        found: Hash,
    },
    /// It holds what this version does not know.
    #[error(
        "the backup is from a newer version of smi: it has migration `{0}`, which this version does not know"
    )]
    Newer(String),
    /// The store is not empty.
    #[error(
        "the store is not empty (table `{0}` has rows): --replace puts the backup in the place of all of it"
    )]
    NotEmpty(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenFault),
}

impl From<diesel::result::Error> for BackupFault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
