//! `smi bench`.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use serde::Serialize;

use super::say::{say, show, tell};
use crate::tools::bench::{self, BenchPlan, CoveragePlan, SigningTool};

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
    /// How many requests are sent for each line of the result.
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000, value_parser = count)]
    requests: usize,
    /// Numbers of connections.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1,8,64", value_parser = count)]
    connections: Vec<usize>,
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
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(reason) => Err(format!("{reason}")),
    }
}

pub(super) fn run(arguments: BenchArguments) -> anyhow::Result<ExitCode> {
    let BenchArguments { part, store, devices, requests, connections, peer, peer_jar, json, dir } = arguments;
    let mut progress = |what: &str| tell!("smi: measuring {what}");
    if let Some(BenchPart::Coverage { rows, store, json, dir }) = part {
        let folder = BenchFolder::new(dir)?;
        let plan = CoveragePlan {
            program: std::env::current_exe()?,
            folder: folder.0.clone(),
            store_url: store.unwrap_or_else(|| folder.database()),
            rows,
        };
        return print(&bench::coverage(&plan, &mut progress)?, json);
    }
    let peer = peer.map(|peer| peer.find(peer_jar.as_deref())).transpose()?;
    let folder = BenchFolder::new(dir)?;
    let plan = BenchPlan {
        program: std::env::current_exe()?,
        folder: folder.0.clone(),
        store_url: store.unwrap_or_else(|| folder.database()),
        devices,
        requests,
        connections,
        peer,
    };
    print(&bench::run(&plan, &mut progress)?, json)
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
