//! The result, as a table for people and as JSON for programs.

use std::{fmt, time::Duration};

use serde::Serialize;

/// All that one run measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// How many Devices it holds.
    pub devices: u64,
    /// How long it took to import them and what belongs to them.
    pub filled: Duration,
    /// From the start of the service until it was ready.
    pub start: Duration,
    /// What bounds any service of this kind.
    pub floor: Floor,
    /// Each stage alone, on one core.
    pub stages: Vec<Stage>,
    /// Another implementation beside ours, where that was asked for.
    pub peer: Option<Peer>,
    /// The service, end to end.
    pub cases: Vec<Case>,
}

/// A machine, and the program's build.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// As it names itself.
    pub processor: String,
    /// How many threads it runs at once.
    pub cores: usize,
    /// Its memory.
    pub memory_bytes: u64,
    /// The version of this program.
    pub version: String,
    /// Whether this is a release build; the numbers of any other mean nothing.
    pub optimised: bool,
}

/// One verification and one signature a request, and nothing else.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Floor {
    /// The length of the message that is verified and signed.
    pub message_bytes: usize,
    /// How many on all cores together.
    pub per_second: f64,
    /// How long one takes on a core.
    pub micros_a_core: f64,
}

/// A stage of the way of one SR 8.4.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Stage {
    /// Which.
    pub name: &'static str,
    /// How long it takes.
    pub micros: f64,
}

/// Smart DCC's signing tool beside ours: the same messages, on all cores.
#[derive(Clone, Debug, Serialize)]
pub struct Peer {
    /// Where the tool is.
    pub tool: String,
    /// The Java that runs it.
    pub java: String,
    /// The length of a signed message.
    pub message_bytes: usize,
    /// What could not be measured, and why.
    pub left_out: Option<&'static str>,
    /// Ours first.
    pub ways: Vec<Way>,
}

/// One way to sign and to verify messages.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Way {
    /// Which.
    pub name: &'static str,
    /// How many were signed, and verified.
    pub messages: u32,
    /// Signed a second.
    pub sign_per_second: f64,
    /// Verified a second.
    pub verify_per_second: f64,
    /// Signed and verified a second.
    pub per_second: f64,
    /// Processor time for one of them, signed and verified.
    pub cpu_micros: f64,
    /// How many times as many ours signs and verifies in a second.
    pub ratio: f64,
}

/// The service under one kind of load.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Case {
    /// The Service Request.
    pub request: &'static str,
    /// How many connections sent it.
    pub connections: usize,
    /// Answers a second.
    pub per_second: f64,
    /// Of the floor before and after it.
    pub ratio: f64,
    /// The mean of those two: pairs a second on all cores.
    pub floor_per_second: f64,
    /// Half of the answers came within this.
    pub p50_micros: f64,
    /// 99 of 100 came within this.
    pub p99_micros: f64,
    /// 999 of 1,000 came within this.
    pub p999_micros: f64,
    /// The service's processor time for one request.
    pub service_cpu_micros: f64,
    /// The load generator's processor time for one request: it shares the machine.
    pub load_cpu_micros: f64,
    /// The most memory the service held until then.
    pub peak_memory_bytes: u64,
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, memory_bytes, version, optimised } = self;
        write!(f, "smi {version} on {cores} cores of {processor}, {} GiB", memory_bytes >> 30)?;
        if *optimised { Ok(()) } else { write!(f, "\nthis is no release build: its numbers mean nothing") }
    }
}

impl fmt::Display for Report {
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
        for Stage { name, micros } in &self.stages {
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

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, java, message_bytes, left_out, ways } = self;
        writeln!(f, "Smart DCC's signing tool: {tool}\n{java}; SR 8.4, {message_bytes} bytes, on all cores")?;
        write!(f, "{:34}", "sign and verify")?;
        for head in ["messages", "sign/s", "verify/s", "both/s", "cpu us", "smi is"] {
            write!(f, "{head:>10}")?;
        }
        writeln!(f)?;
        ways.iter().try_for_each(|way| {
            let Way { name, messages, sign_per_second, verify_per_second, per_second, cpu_micros, ratio } =
                way;
            write!(f, "{name:34}{messages:>10}{sign_per_second:>10.1}{verify_per_second:>10.1}")?;
            writeln!(f, "{per_second:>10.1}{cpu_micros:>10.0}{ratio:>9.1}x")
        })?;
        left_out.map_or(Ok(()), |reason| writeln!(f, "not measured: {reason}"))
    }
}

impl fmt::Display for Case {
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
