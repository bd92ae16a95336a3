//! The service as a child process, and processor time and memory of processes, from Linux's `/proc`.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::report::Machine;

/// The timeout until the service is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Clock ticks a second, as `/proc` counts them on every Linux.
const TICKS: u32 = 100;
/// The field of `/proc/PID/stat` with the user time of the process, counted from 1; the next one is its system time.
const OWN: usize = 14;
/// The field with the user time of its children.
const CHILDREN: usize = 16;

/// The token of the management listener.
pub(super) const MANAGE_TOKEN: &str = "smi-bench-measures-and-manages-nothing";

/// A running service; dropping this kills it.
#[derive(Debug)]
pub(super) struct ServiceProcess {
    process: Child,
    log: PathBuf,
    pub(super) address: SocketAddr,
    /// Its management listener, which has the console.
    pub(super) management: SocketAddr,
    /// The time from its start until it was ready.
    pub(super) start: Duration,
}

impl ServiceProcess {
    /// Starts the service under that instance's name, with these variables in its environment, and waits until it is ready.
    pub(super) fn start(
        program: &Path,
        folder: &Path,
        instance: &str,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let (address, management) = (free_address()?, free_address()?);
        let log = folder.join(format!("serve-{instance}.log"));
        let begin = Instant::now();
        let process = Command::new(program)
            .arg("serve")
            .args(["--listen", &address.to_string(), "--manage-listen", &management.to_string()])
            .env("SMI_SERVER_INSTANCE", instance)
            .envs(environment.iter().copied())
            .env("SMI_TRUST_PEM_DIR", folder.join("pki"))
            .env("SMI_MANAGE_TOKEN", MANAGE_TOKEN)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut running = Self { process, log, address, management, start: Duration::ZERO };
        running.wait_until_ready()?;
        running.start = begin.elapsed();
        Ok(running)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let begin = Instant::now();
        let url = format!("http://{}/health/ready", self.address);
        while ureq::get(&url).call().is_err() {
            if self.process.try_wait()?.is_some() || begin.elapsed() > START_TIMEOUT {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                bail!("the service did not start:\n{log}");
            }
            thread::yield_now();
        }
        Ok(())
    }

    /// The processor time it used so far.
    pub(super) fn cpu(&self) -> Duration {
        cpu(self.process.id())
    }

    /// Its peak memory, in bytes.
    pub(super) fn peak_memory(&self) -> u64 {
        peak_memory(self.process.id())
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        // Errors are of no interest: it may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The peak memory of a process, in bytes; 0 where it has ended.
pub(super) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    kilobytes(&status, "VmHWM:") * 1_024
}

/// The processor time that this process used so far.
pub(super) fn own_cpu() -> Duration {
    cpu_of("self", OWN)
}

/// The processor time of this process's children; Linux adds a child's time when it was waited for.
pub(super) fn childrens_cpu() -> Duration {
    cpu_of("self", CHILDREN)
}

/// The processor time that a process used so far; 0 where it has ended.
pub(super) fn cpu(process: u32) -> Duration {
    cpu_of(&process.to_string(), OWN)
}

/// This machine, and this build.
pub(super) fn machine() -> Machine {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    Machine {
        processor: model.trim_start_matches(['\t', ' ', ':']).to_owned(),
        cores: cores(),
        memory_bytes: kilobytes(&memory, "MemTotal:") * 1_024,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        optimised: !cfg!(debug_assertions),
    }
}

/// The number of threads that run in parallel.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn cpu_of(process: &str, whose: usize) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    Duration::from_secs(ticks(&stat, whose)) / TICKS
}

/// User plus system time, from that field on. Fields are counted after the process's name, which may hold spaces and
/// brackets.
fn ticks(stat: &str, first: usize) -> u64 {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().skip(first - 3).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn kilobytes(text: &str, field: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(field));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// A free port. Another process may take it before the service does; then the service fails to start, and says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_files_are_parsed() {
        let stat = "42 (a name) b) S 1 2 3 4 5 6 7 8 9 10 150 50 13 14";
        assert_eq!((ticks(stat, OWN), ticks(stat, CHILDREN)), (200, 27));
        assert_eq!(ticks("", OWN), 0);
        assert_eq!(kilobytes("VmPeak: 1 kB\nVmHWM:\t  2048 kB\n", "VmHWM:"), 2_048);
        assert!(machine().memory_bytes > 0);
    }
}
