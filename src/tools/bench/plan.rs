//! The plan of a run of `smi bench`.

use std::path::PathBuf;

use super::peer::SigningTool;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct BenchPlan {
    /// The program to run as the service.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The URL of the store, which must be empty.
    pub store_url: String,
    /// How many Devices the store is filled with.
    pub devices: u64,
    /// The number of requests in each case.
    pub requests: usize,
    /// The numbers of connections to measure at.
    pub connections: Vec<usize>,
    /// The signing tool to compare with, if any.
    pub peer: Option<SigningTool>,
}
