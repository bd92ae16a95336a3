//! The report, as a table for people and as JSON for programs.

use std::{fmt, time::Duration};

use serde::Serialize;

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// How many Devices the store holds.
    pub devices: u64,
    /// How long the import of the Devices and their data took.
    pub filled: Duration,
    /// The time from the start of the service until it was ready.
    pub start: Duration,
    /// The lower bound of any service of this kind.
    pub floor: Floor,
    /// Each stage by itself, on one core.
    pub stages: Vec<StageTime>,
    /// The comparison with Smart DCC's signing tool, if it was asked for.
    pub peer: Option<PeerReport>,
    /// The service under load, end to end.
    pub cases: Vec<LoadCase>,
}

/// A machine, and the program's build.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The processor's model name.
    pub processor: String,
    /// The number of threads that run in parallel.
    pub cores: usize,
    /// The size of its memory.
    pub memory_bytes: u64,
    /// The version of this program.
    pub version: String,
    /// Whether this is a release build; numbers of any other build mean nothing.
    pub optimised: bool,
}

/// The floor: one verification and one signature for each request, and nothing else.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Floor {
    /// The length of the message that is verified and signed.
    pub message_bytes: usize,
    /// Pairs of both a second, on all cores.
    pub per_second: f64,
    /// The duration of one pair on a core.
    pub micros_a_core: f64,
}

/// The duration of one stage of answering an SR 8.4.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StageTime {
    /// The stage.
    pub name: &'static str,
    /// The duration.
    pub micros: f64,
}

/// The comparison with Smart DCC's signing tool, on the same messages and all cores.
#[derive(Clone, Debug, Serialize)]
pub struct PeerReport {
    /// The path of the tool.
    pub tool: String,
    /// The version of Java that runs it.
    pub java: String,
    /// The length of a signed message.
    pub message_bytes: usize,
    /// What was not measured, and why.
    pub left_out: Option<&'static str>,
    /// The implementations; ours first.
    pub ways: Vec<PeerRow>,
}

/// The result of one implementation, or way of running it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PeerRow {
    /// Its name.
    pub name: &'static str,
    /// The number of messages signed and verified.
    pub messages: u32,
    /// Messages signed a second.
    pub sign_per_second: f64,
    /// Messages verified a second.
    pub verify_per_second: f64,
    /// Messages both signed and verified a second.
    pub per_second: f64,
    /// Processor time for signing and verifying one message.
    pub cpu_micros: f64,
    /// Our rate of signing and verifying, as a multiple of this one's.
    pub ratio: f64,
}

/// The result of one case: the service under one kind of load.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LoadCase {
    /// The Service Request.
    pub request: &'static str,
    /// The number of connections.
    pub connections: usize,
    /// Answers a second.
    pub per_second: f64,
    /// The ratio to the floor, as it was before and after the case.
    pub ratio: f64,
    /// The mean of those two floors: pairs a second on all cores.
    pub floor_per_second: f64,
    /// The median latency.
    pub p50_micros: f64,
    /// The latency of 99% of the answers.
    pub p99_micros: f64,
    /// The latency of 99.9% of the answers.
    pub p999_micros: f64,
    /// The service's processor time for a request.
    pub service_cpu_micros: f64,
    /// The load generator's processor time for a request: it shares the machine.
    pub load_cpu_micros: f64,
    /// The service's peak memory until the end of the case.
    pub peak_memory_bytes: u64,
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, memory_bytes, version, optimised } = self;
        write!(f, "smi {version} on {cores} cores of {processor}, {} GiB", memory_bytes >> 30)?;
        if *optimised { Ok(()) } else { write!(f, "\nthis is no release build: its numbers mean nothing") }
    }
}

impl fmt::Display for BenchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        let Self { store, devices, filled, start, floor, .. } = self;
        writeln!(f, "store: {store}, {devices} Devices, filled in {:.1} s", filled.as_secs_f64())?;
        writeln!(f, "start to ready: {:.0} ms\n", start.as_secs_f64() * 1e3)?;
        writeln!(
            f,
            "floor: {:.0} verifications and signatures a second on all cores, {:.1} us each on one ({} bytes)\n",
            floor.per_second, floor.micros_a_core, floor.message_bytes
        )?;
        writeln!(f, "{:42}{:>10}{:>10}", "stage of an SR 8.4, on one core", "us", "of floor")?;
        for StageTime { name, micros } in &self.stages {
            writeln!(f, "{name:42}{micros:>10.1}{:>10.2}", micros / floor.micros_a_core)?;
        }
        if let Some(peer) = &self.peer {
            write!(f, "\n{peer}")?;
        }
        let heads =
            ["conns", "per s", "floor", "ratio", "p50 ms", "p99 ms", "p99.9", "cpu us", "load us", "MB"];
        write!(f, "\n{:8}", "service")?;
        for head in heads {
            write!(f, "{head:>9}")?;
        }
        writeln!(f)?;
        self.cases.iter().try_for_each(|case| case.fmt(f))
    }
}

impl fmt::Display for PeerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, java, message_bytes, left_out, ways } = self;
        writeln!(f, "Smart DCC's signing tool: {tool}\n{java}; SR 8.4, {message_bytes} bytes, on all cores")?;
        write!(f, "{:34}", "sign and verify")?;
        for head in ["messages", "sign/s", "verify/s", "both/s", "cpu us", "smi is"] {
            write!(f, "{head:>10}")?;
        }
        writeln!(f)?;
        ways.iter().try_for_each(|way| {
            let PeerRow { name, messages, sign_per_second, verify_per_second, per_second, cpu_micros, ratio } =
                way;
            write!(f, "{name:34}{messages:>10}{sign_per_second:>10.1}{verify_per_second:>10.1}")?;
            writeln!(f, "{per_second:>10.1}{cpu_micros:>10.0}{ratio:>9.1}x")
        })?;
        left_out.map_or(Ok(()), |reason| writeln!(f, "not measured: {reason}"))
    }
}

impl fmt::Display for LoadCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, connections, per_second, floor_per_second, ratio, .. } = self;
        write!(f, "{request:8}{connections:>9}{per_second:>9.0}{floor_per_second:>9.0}{ratio:>9.3}")?;
        for micros in [self.p50_micros, self.p99_micros, self.p999_micros] {
            write!(f, "{:>9.2}", micros / 1e3)?;
        }
        let Self { service_cpu_micros, load_cpu_micros, peak_memory_bytes, .. } = self;
        writeln!(f, "{service_cpu_micros:>9.0}{load_cpu_micros:>9.0}{:>9}", peak_memory_bytes >> 20)
    }
}
