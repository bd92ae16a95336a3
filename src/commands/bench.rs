//! `smi bench`.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use super::say::{say, show};
use crate::bench::{self, Plan};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
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
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Where the run's folder is made, instead of the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(reason) => Err(format!("{reason}")),
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = Folder::new(arguments.dir.clone().unwrap_or_else(std::env::temp_dir))?;
    let database = || format!("sqlite://{}", folder.0.join("smi.db").display());
    let plan = Plan {
        program: std::env::current_exe()?,
        folder: folder.0.clone(),
        store_url: arguments.store.clone().unwrap_or_else(database),
        devices: arguments.devices,
        requests: arguments.requests,
        connections: arguments.connections.clone(),
    };
    let report = bench::run(&plan, &mut |what| eprintln!("smi: measuring {what}"))?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        show!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A folder that goes when the measuring ends.
struct Folder(PathBuf);

impl Folder {
    fn new(parent: PathBuf) -> anyhow::Result<Self> {
        let path = parent.join(format!("smi-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(reason) = fs::remove_dir_all(&self.0) {
            eprintln!("smi: {}: {reason}", self.0.display());
        }
    }
}
