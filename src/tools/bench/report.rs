//! The report, as a table for people and as JSON for programs.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::case::LoadCase;

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
    /// How often each case was measured.
    pub rounds: usize,
    /// The number of services that share the store.
    pub instances: usize,
    /// The round trip between services and database server; none without a relay.
    pub round_trip: Option<RoundTrip>,
    /// The longest time from the start of a service until it was ready.
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

/// The round trip of the relay between services and database server.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RoundTrip {
    /// What was asked for.
    pub asked_micros: f64,
    /// The median time of a `SELECT 1` without the relay.
    pub direct_micros: f64,
    /// The median time of a `SELECT 1` by way of the relay.
    pub relayed_micros: f64,
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
        let Self { store, devices, filled, start, floor, rounds, instances, .. } = self;
        writeln!(f, "store: {store}, {devices} Devices, filled in {:.1} s", filled.as_secs_f64())?;
        writeln!(f, "instances: {instances}; start to ready: {:.0} ms", start.as_secs_f64() * 1e3)?;
        self.round_trip.map_or(Ok(()), |round_trip| round_trip.fmt(f))?;
        writeln!(f, "each line is the median of {rounds} rounds\n")?;
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
        writeln!(f)?;
        if let Some(case) = self.cases.first() {
            case.write_heads(f)?;
        }
        self.cases.iter().try_for_each(|case| case.fmt(f))
    }
}

impl fmt::Display for RoundTrip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [asked, direct, relayed] =
            [self.asked_micros, self.direct_micros, self.relayed_micros].map(|micros| micros / 1e3);
        write!(
            f,
            "round trip to the database: {asked} ms asked for; SELECT 1 takes {relayed:.2} ms by way of the relay, "
        )?;
        writeln!(f, "{direct:.2} ms without")
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
