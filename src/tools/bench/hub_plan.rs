//! What `smi bench hubs` is told.

use std::path::PathBuf;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct HubsPlan {
    /// The program to measure.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The store, which must be empty.
    pub store_url: String,
    /// How many hubs there are.
    pub hubs: u64,
    /// How often each line is measured.
    pub rounds: usize,
}
