//! `smi bench`.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context as _;
use clap::{CommandFactory as _, error::ErrorKind};
use serde::Serialize;

use super::say::{say, show, tell};
use crate::tools::bench::{self, BenchPlan, ConsolePlan, CoveragePlan, HubsPlan, ImportPlan, SigningTool};

/// The longest time that an argument may name.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArguments {
    #[command(subcommand)]
    part: Option<BenchPart>,
    /// The store to measure on, which must be empty; by default an SQLite database in a folder that goes afterwards.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// How many Devices the store is filled with.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(4..))]
    devices: u64,
    /// How many requests are sent in each round of a line; fewer where that would take more than ten seconds.
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000, value_parser = count)]
    requests: usize,
    /// Numbers of connections.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1,8,64,256", value_parser = count)]
    connections: Vec<usize>,
    /// How often each line is measured; it shows the median.
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = count)]
    rounds: usize,
    /// How long the floor is measured before and after each round of a line.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    floor: Duration,
    /// How many services share the store, a server (`--store postgres://...`); the connections are spread over them.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = count)]
    instances: usize,
    /// Relays between services and server (`--store postgres://...`), so that a statement takes that much longer: `1ms`.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    round_trip: Option<Duration>,
    /// Another implementation to measure beside ours, signing and verifying the same messages.
    #[arg(long, value_name = "NAME")]
    peer: Option<PeerChoice>,
    /// Where the peer's program is [default: that of the npm package in tests/client/node_modules].
    #[arg(long, value_name = "FILE", requires = "peer")]
    peer_jar: Option<PathBuf>,
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Where the run's folder is made, instead of the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl BenchArguments {
    /// Why the arguments need a database server, where the store is a file.
    fn lacks_server(&self) -> Option<String> {
        let is_server = |url: &String| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if self.store.as_ref().is_some_and(is_server) {
            return None;
        }
        let needs = "needs a database server, `--store postgres://...`: this store is an SQLite file";
        if self.instances > 1 {
            return Some(format!("--instances {} {needs}, which one service has to itself", self.instances));
        }
        self.round_trip.map(|_| format!("--round-trip {needs}, and no network leads to it"))
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum PeerChoice {
    /// Smart DCC's signing tool, of the npm package @smartdcc/duis-sign-wrap.
    Java,
}

impl PeerChoice {
    fn find(self, jar: Option<&Path>) -> anyhow::Result<SigningTool> {
        match self {
            Self::Java => SigningTool::find(jar),
        }
    }
}

#[derive(Debug, clap::Subcommand)]
enum BenchPart {
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
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(reason) => Err(format!("{reason}")),
    }
}

/// A length of time with its unit: a bare number could be of any.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let micros = match text.strip_prefix(digits) {
        Some("us") => 1.0,
        Some("ms") => 1e3,
        Some("s") => 1e6,
        _ => return Err("a number with its unit, `us`, `ms` or `s`, as in `1ms`".to_owned()),
    };
    let number = digits.parse::<f64>().map_err(|reason| reason.to_string())?;
    let time = Duration::try_from_secs_f64(number * micros / 1e6).map_err(|reason| reason.to_string())?;
    if time > LONGEST { Err("at most `10s`".to_owned()) } else { Ok(time) }
}

pub(super) fn run(arguments: BenchArguments) -> anyhow::Result<ExitCode> {
    let mut progress = |what: &str| tell!("smi: measuring {what}");
    match arguments.part {
        Some(BenchPart::Console { store, devices, requests, connections, rounds, pages, json, dir }) => {
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
            return print(&bench::console(&plan, &mut progress)?, json);
        }
        Some(BenchPart::Coverage { rows, store, json, dir }) => {
            let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
            let store_url = store.unwrap_or_else(|| folder.database());
            let plan = CoveragePlan { program, folder: folder.0.clone(), store_url, rows };
            return print(&bench::coverage(&plan, &mut progress)?, json);
        }
        Some(BenchPart::Hubs { hubs, store, rounds, json, dir }) => {
            let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
            let store_url = store.unwrap_or_else(|| folder.database());
            let plan = HubsPlan { program, folder: folder.0.clone(), store_url, hubs, rounds };
            return print(&bench::hubs(&plan, &mut progress)?, json);
        }
        Some(BenchPart::Import { lines, rounds, json, dir }) => {
            let (program, folder) = (std::env::current_exe()?, BenchFolder::new(dir)?);
            let plan = ImportPlan { program, folder: folder.0.clone(), lines, rounds };
            return print(&bench::import(&plan, &mut progress)?, json);
        }
        None => {}
    }
    if let Some(reason) = arguments.lacks_server() {
        super::CommandLine::command().error(ErrorKind::ArgumentConflict, reason).exit();
    }
    let peer = arguments.peer.map(|peer| peer.find(arguments.peer_jar.as_deref())).transpose()?;
    let folder = BenchFolder::new(arguments.dir)?;
    let plan = BenchPlan {
        program: std::env::current_exe()?,
        folder: folder.0.clone(),
        store_url: arguments.store.unwrap_or_else(|| folder.database()),
        devices: arguments.devices,
        requests: arguments.requests,
        connections: arguments.connections,
        rounds: arguments.rounds,
        floor: arguments.floor,
        instances: arguments.instances,
        round_trip: arguments.round_trip,
        peer,
    };
    print(&bench::run(&plan, &mut progress)?, arguments.json)
}

fn print(report: &(impl Serialize + Display), json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(report)?);
    } else {
        show!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A temporary folder, deleted when it is dropped.
struct BenchFolder(PathBuf);

impl BenchFolder {
    fn new(parent: Option<PathBuf>) -> anyhow::Result<Self> {
        let path =
            parent.unwrap_or_else(std::env::temp_dir).join(format!("smi-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// The URL of an SQLite database in the folder.
    fn database(&self) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_unit() {
        let micros = |text: &str| duration(text).map(|time| time.as_micros());
        assert_eq!(
            ["1ms", "0ms", "250us", "1.5ms", "2s"].map(micros),
            [1_000, 0, 250, 1_500, 2_000_000].map(Ok)
        );
        for text in ["1", "ms", "", "-1ms", "1 ms", "NaNs", "infs", "1m", "11s", "1e300s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
