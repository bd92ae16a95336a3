//! `smi bench variants`.

use std::{path::PathBuf, process::ExitCode};

use super::{
    folder::{BenchFolder, print},
    values::count,
};
use crate::tools::bench::{self, VariantsPlan};

#[derive(Debug, clap::Args)]
pub(super) struct VariantsArguments {
    /// How many ESMEs there are.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(4..=100_000_000))]
    devices: u64,
    /// How many of them are wrong: by default 719 of 10,000, as MP125 estimates.
    #[arg(long, value_name = "NUMBER")]
    wrong: Option<u64>,
    /// How many Device Models there are: a multiple of four.
    #[arg(long, value_name = "NUMBER", default_value_t = 400, value_parser = clap::value_parser!(u64).range(4..=100_000))]
    models: u64,
    /// How many SR 8.4 are sent at a time: alone once, and beside the search until it ends.
    #[arg(long, value_name = "NUMBER", default_value_t = 60_000, value_parser = count)]
    requests: usize,
    /// How many connections send them, and the corrections.
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = count)]
    connections: usize,
    /// How often suspects, report and SR 8.4 are measured; each line shows the median.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = count)]
    rounds: usize,
    /// The store to measure on, which must be empty; by default an SQLite database in a folder that goes afterwards.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Where the run's folder is made, instead of the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl VariantsArguments {
    /// Measures it, and prints the report.
    pub(super) fn run(self, progress: &mut dyn FnMut(&str)) -> anyhow::Result<ExitCode> {
        let Self { devices, wrong, models, requests, connections, rounds, store, json, dir } = self;
        let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
        let plan = VariantsPlan {
            program,
            folder: folder.0.clone(),
            store_url: store.unwrap_or_else(|| folder.database()),
            devices,
            wrong: wrong.unwrap_or(devices * 719 / 10_000),
            models,
            requests,
            connections,
            rounds,
        };
        print(&bench::variants(&plan, progress)?, json)
    }
}
