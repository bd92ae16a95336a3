//! `smi bench`.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use serde::Serialize;

use super::say::{say, show};
use crate::tools::bench::{self, CoveragePlan, Plan, Tool};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
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
    peer: Option<Peer>,
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
enum Peer {
    /// Smart DCC's signing tool, of the npm package @smartdcc/duis-sign-wrap.
    Java,
}

impl Peer {
    fn find(self, jar: Option<&Path>) -> anyhow::Result<Tool> {
        match self {
            Self::Java => Tool::find(jar),
        }
    }
}

#[derive(Debug, clap::Subcommand)]
enum Part {
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

pub(super) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { part, store, devices, requests, connections, peer, peer_jar, json, dir } = arguments;
    let mut told = |what: &str| eprintln!("smi: measuring {what}");
    if let Some(Part::Coverage { rows, store, json, dir }) = part {
        let folder = Folder::new(dir)?;
        let plan = CoveragePlan {
            program: std::env::current_exe()?,
            folder: folder.0.clone(),
            store_url: store.unwrap_or_else(|| folder.database()),
            rows,
        };
        return tell(&bench::coverage(&plan, &mut told)?, json);
    }
    let peer = peer.map(|peer| peer.find(peer_jar.as_deref())).transpose()?;
    let folder = Folder::new(dir)?;
    let plan = Plan {
        program: std::env::current_exe()?,
        folder: folder.0.clone(),
        store_url: store.unwrap_or_else(|| folder.database()),
        devices,
        requests,
        connections,
        peer,
    };
    tell(&bench::run(&plan, &mut told)?, json)
}

fn tell(report: &(impl Serialize + Display), json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(report)?);
    } else {
        show!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A folder that goes when the measuring ends.
struct Folder(PathBuf);

impl Folder {
    fn new(parent: Option<PathBuf>) -> anyhow::Result<Self> {
        let path =
            parent.unwrap_or_else(std::env::temp_dir).join(format!("smi-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// The SQLite database in it.
    fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("smi.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(reason) = fs::remove_dir_all(&self.0) {
            eprintln!("smi: {}: {reason}", self.0.display());
        }
    }
}
