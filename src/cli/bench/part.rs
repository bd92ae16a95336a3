//! The parts of `smi bench` beside that of the Service Requests.

use std::{path::PathBuf, process::ExitCode};

use super::{
    folder::{BenchFolder, print},
    values::count,
    variants::VariantsArguments,
};
use crate::tools::bench::{self, ConsolePlan, CoveragePlan, FirmwarePlan, HubsPlan, ImportPlan};

#[derive(Debug, clap::Subcommand)]
pub(super) enum BenchPart {
    /// Loads pages of the console beside a service that answers SR 8.4, and measures SR 8.4 with and without these readers.
    Console {
        /// The store to measure on, which must be empty; by default an SQLite database in a folder that goes afterwards.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
        /// How many Devices the store is filled with.
        #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(4..))]
        devices: u64,
        /// How many requests are sent in each round; fewer where that would take more than ten seconds.
        #[arg(long, value_name = "NUMBER", default_value_t = 20_000, value_parser = count)]
        requests: usize,
        /// How many connections send them.
        #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = count)]
        connections: usize,
        /// How often SR 8.4 is measured with readers, and without.
        #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = count)]
        rounds: usize,
        /// How many pages are loaded a second.
        #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        pages: u16,
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Where the run's folder is made, instead of the system's folder for temporary files.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Loads coverage of growing size, and measures rate, memory and questions at each.
    Coverage {
        /// The sizes, in rows.
        #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1000,100000,10000000", value_parser = clap::value_parser!(u64).range(7..))]
        rows: Vec<u64>,
        /// The store to measure on, whose coverage is replaced; by default an SQLite database in a folder that goes
        /// afterwards.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Where the run's folder is made, instead of the system's folder for temporary files.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Activates a large image on every SMETS1 meter of a model by SR 11.3, in turn with SR 8.4, and names all it can in one SR 11.1.
    Firmware {
        /// How many meters there are.
        #[arg(long, value_name = "NUMBER", default_value_t = 670_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
        activations: u64,
        /// How many requests are sent in each round.
        #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        requests: u64,
        /// How many connections send them.
        #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = count)]
        connections: usize,
        /// The store to measure on, which must be empty; by default an SQLite database in a folder that goes afterwards.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Where the run's folder is made, instead of the system's folder for temporary files.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Reports and lists a large stock of Communications Hubs, and measures time and memory of each.
    Hubs {
        /// How many hubs there are: first in stock, then installed.
        #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
        hubs: u64,
        /// The store to measure on, which must be empty; by default an SQLite database in a folder that goes afterwards.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
        /// How often each line is measured; it shows the median.
        #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = count)]
        rounds: usize,
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Where the run's folder is made, instead of the system's folder for temporary files.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Imports Devices into an empty SQLite database, in turn with SQLite's own import of the same file.
    Import {
        /// The sizes of the files, in lines.
        #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "10000,100000,1000000", value_parser = clap::value_parser!(u64).range(4..))]
        lines: Vec<u64>,
        /// How often each size is measured; it shows the median.
        #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = count)]
        rounds: usize,
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Where the run's folder is made, instead of the system's folder for temporary files.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Finds, counts and corrects wrong ESME Variants in a whole country of ESMEs, beside SR 8.4, with the bounds of time and memory.
    Variants(VariantsArguments),
}

impl BenchPart {
    /// Measures it, and prints the report.
    pub(super) fn run(self, progress: &mut dyn FnMut(&str)) -> anyhow::Result<ExitCode> {
        match self {
            Self::Console { store, devices, requests, connections, rounds, pages, json, dir } => {
                let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
                let plan = ConsolePlan {
                    program,
                    folder: folder.0.clone(),
                    store_url: store.unwrap_or_else(|| folder.database()),
                    devices,
                    requests,
                    connections,
                    rounds,
                    pages_per_second: f64::from(pages),
                };
                print(&bench::console(&plan, progress)?, json)
            }
            Self::Coverage { rows, store, json, dir } => {
                let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
                let store_url = store.unwrap_or_else(|| folder.database());
                let plan = CoveragePlan { program, folder: folder.0.clone(), store_url, rows };
                print(&bench::coverage(&plan, progress)?, json)
            }
            Self::Firmware { activations, requests, connections, store, json, dir } => {
                let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
                let store_url = store.unwrap_or_else(|| folder.database());
                let folder = folder.0.clone();
                let plan = FirmwarePlan { program, folder, store_url, activations, requests, connections };
                print(&bench::firmware(&plan, progress)?, json)
            }
            Self::Hubs { hubs, store, rounds, json, dir } => {
                let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
                let store_url = store.unwrap_or_else(|| folder.database());
                let plan = HubsPlan { program, folder: folder.0.clone(), store_url, hubs, rounds };
                print(&bench::hubs(&plan, progress)?, json)
            }
            Self::Import { lines, rounds, json, dir } => {
                let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
                let plan = ImportPlan { program, folder: folder.0.clone(), lines, rounds };
                print(&bench::import(&plan, progress)?, json)
            }
            Self::Variants(arguments) => arguments.run(progress),
        }
    }
}
