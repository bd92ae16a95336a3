//! The plan of a run of `smi bench`.

use std::{path::PathBuf, time::Duration};

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
    /// The number of requests in each round of a case.
    pub requests: usize,
    /// The numbers of connections to measure at.
    pub connections: Vec<usize>,
    /// How often each case is measured.
    pub rounds: usize,
    /// How long the floor is measured before and after each round of a case.
    pub floor: Duration,
    /// The number of services that share the store.
    pub instances: usize,
    /// The round trip between the services and the database server, by way of a relay; none without a relay.
    pub round_trip: Option<Duration>,
    /// The signing tool to compare with, if any.
    pub peer: Option<SigningTool>,
}
