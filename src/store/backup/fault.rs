//! The errors of backup and restore.

use std::{io, path::PathBuf};

use crate::{
    db::{OpenFault, StoreFault},
    hash::Hash,
};

/// The error of a backup or a restore; nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The file cannot be read or written.
    #[error("{}: {reason}", file.display())]
    File {
        /// The path.
        file: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The target of a backup exists already.
    #[error("{}: there is such a file already, and a backup never takes the place of anything", .0.display())]
    Exists(PathBuf),
    /// The file is not a backup, or an incomplete one.
    #[error("line {line}: {reason}")]
    Broken {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The file was changed after it was written: its checksum differs.
    #[error("the file was changed: its last line says SHA-256 {said}, and it has {found}")]
    Checksum {
        /// The checksum in the last line.
        said: Hash,
        /// The checksum of the bytes read.
        found: Hash,
    },
    /// The backup has a migration that this version does not know.
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
