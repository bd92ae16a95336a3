//! Node-RED as a Receive Response address, as test houses have it: the core nodes of `tests/node-red/flows.json`.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use smi::clock::Clock;
use tempfile::TempDir;

use super::{package, receiver::DEADLINE, skip::skip};

/// A Node-RED that runs.
pub(crate) struct NodeRed {
    process: Child,
    port: u16,
    _folder: TempDir,
}

/// A message that came.
#[derive(Debug, Deserialize)]
pub(crate) struct Arrival {
    /// Milliseconds since 1970, by Node's clock.
    at: i64,
    pub(crate) path: String,
    pub(crate) body: String,
}

impl Arrival {
    /// The end of the millisecond within which it came.
    pub(crate) fn instant(&self) -> Instant {
        let now = Clock::System.now().0.as_millisecond();
        // The clock shows the beginning of its millisecond, too.
        let ago = now.saturating_sub(self.at + 1);
        Instant::now() - Duration::from_millis(u64::try_from(ago).unwrap_or(0))
    }
}

impl NodeRed {
    /// Starts one, where it is installed, and waits until its flows run.
    pub(crate) fn start() -> Option<Self> {
        let folder = package().join("tests/node-red");
        if !folder.join("node_modules/node-red").exists() {
            skip("Node-RED, which tests/run installs");
            return None;
        }
        let own = tempfile::tempdir().unwrap();
        let mut command = Command::new("node");
        command.arg("serve.mjs").arg(own.path()).current_dir(folder).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self { process, port, _folder: own })
    }

    /// The address of the flow of that name: `accept` (204), `refuse` (400), `slow` (204 after five seconds).
    pub(crate) fn url(&self, flow: &str) -> String {
        format!("http://127.0.0.1:{}/{flow}", self.port)
    }

    /// What came so far, as soon as it is at least so many messages.
    pub(crate) fn arrivals(&self, at_least: usize) -> Vec<Arrival> {
        let deadline = Instant::now() + DEADLINE;
        let agent = ureq::Agent::new_with_defaults();
        loop {
            let mut reply = agent.get(self.url("arrivals")).call().unwrap();
            let arrivals = reply.body_mut().with_config().limit(100_000_000).read_to_string().unwrap();
            let arrivals = serde_json::from_str::<Vec<Arrival>>(&arrivals).unwrap();
            if arrivals.len() >= at_least {
                return arrivals;
            }
            assert!(Instant::now() < deadline, "{} of {at_least} came", arrivals.len());
            thread::park_timeout(Duration::from_millis(50));
        }
    }
}

impl Drop for NodeRed {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
