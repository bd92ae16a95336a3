//! The folder of a run of `smi bench`, and its report.

use std::{fmt::Display, fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::say::{say, show, tell};

/// Prints a report as a table or as JSON.
pub(super) fn print(report: &(impl Serialize + Display), json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(report)?);
    } else {
        show!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A temporary folder, deleted when it is dropped.
pub(super) struct BenchFolder(pub(super) PathBuf);

impl BenchFolder {
    /// Makes one within that folder, or the one of the system for such.
    pub(super) fn new(parent: Option<PathBuf>) -> anyhow::Result<Self> {
        let path =
            parent.unwrap_or_else(std::env::temp_dir).join(format!("smi-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// The URL of an SQLite database in the folder.
    pub(super) fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("smi.db").display())
    }
}

impl Drop for BenchFolder {
    fn drop(&mut self) {
        if let Err(reason) = fs::remove_dir_all(&self.0) {
            tell!("smi: {}: {reason}", self.0.display());
        }
    }
}
