//! `smi demo`: plays the story in a temporary folder, and prints it. With `--stay` the service and its console stay.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use super::say::{say, tell};
use crate::tools::demo::Demo;

#[derive(Debug, clap::Args)]
pub(super) struct DemoArguments {
    /// Keeps the service, its data and its console until Ctrl-C.
    #[arg(long)]
    stay: bool,
}

pub(super) fn run(DemoArguments { stay }: &DemoArguments) -> anyhow::Result<ExitCode> {
    let folder = DemoFolder::new()?;
    let demo = Demo::start(&folder.0)?;
    say!("smi at http://{}, a test PKI and an empty SMI in {}\n", demo.address(), folder.0.display());
    let different = demo.play(&mut |line| say!("{line}"))?;
    match different {
        0 => say!("\nevery step went as the rules say"),
        count => say!("\n{count} steps differ from what the rules say"),
    }
    if *stay {
        let console = demo.open_console(&folder.0)?;
        say!("\nthe console, as an operator; the link is good once: {}", console.link);
        say!("after that, sign in with the token: {}", console.token);
        say!("Ctrl-C ends the demo and deletes its data");
        demo.wait(console).context("serving")?;
    } else {
        demo.stop().context("stopping the service")?;
    }
    Ok(if different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A temporary folder, deleted when it is dropped.
struct DemoFolder(PathBuf);

impl DemoFolder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("smi-demo-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if let Err(reason) = std::fs::remove_dir_all(&self.0) {
            tell!("smi: {}: {reason}", self.0.display());
        }
    }
}
