//! The plan of a run of `smi bench variants`.

use std::path::PathBuf;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct VariantsPlan {
    /// The program to run, as the service and as each command.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The URL of the store, which must be empty.
    pub store_url: String,
    /// How many ESMEs there are.
    pub devices: u64,
    /// How many of them have a variant that their Device Model cannot have.
    pub wrong: u64,
    /// How many Device Models there are.
    pub models: u64,
    /// The number of SR 8.4 that are sent at a time.
    pub requests: usize,
    /// The number of connections that send them, and the corrections.
    pub connections: usize,
    /// How often suspects, report and SR 8.4 are measured.
    pub rounds: usize,
}
