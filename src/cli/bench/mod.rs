//! `smi bench`.

mod folder;
mod part;
mod values;
mod variants;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use self::{
    folder::{BenchFolder, print},
    part::BenchPart,
    values::{count, duration},
};
use super::{end_for_misplaced, say::tell};
use crate::tools::bench::{self, BenchPlan, SigningTool};

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

pub(super) fn run(arguments: BenchArguments) -> anyhow::Result<ExitCode> {
    let mut progress = |what: &str| tell!("smi: measuring {what}");
    if let Some(part) = arguments.part {
        return part.run(&mut progress);
    }
    if let Some(reason) = arguments.lacks_server() {
        end_for_misplaced(&["bench"], &reason);
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
