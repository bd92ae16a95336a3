//! The service as a process of its own, and what Linux tells of a process.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::report::Machine;

/// How long a service may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);
/// Clock ticks a second, as `/proc` counts them on every Linux.
const TICKS: u32 = 100;
/// The field of `/proc/PID/stat` where the times of the process begin, counted from 1.
const OWN: usize = 14;
/// And those of its children.
const CHILDREN: usize = 16;

/// A running service; it is ended when this goes.
#[derive(Debug)]
pub(super) struct Running {
    process: Child,
    pub(super) address: SocketAddr,
    /// From its start until it said that it is ready.
    pub(super) start: Duration,
}

impl Running {
    /// Starts the service and waits until it is ready.
    pub(super) fn start(program: &Path, folder: &Path, store_url: &str) -> anyhow::Result<Self> {
        let address = free_address()?;
        let log = fs::File::create(folder.join("serve.log"))?;
        let begin = Instant::now();
        let process = Command::new(program)
            .arg("serve")
            .args(["--listen", &address.to_string(), "--manage-listen", "127.0.0.1:0"])
            .env("SMI_STORE_URL", store_url)
            .env("SMI_TRUST_PEM_DIR", folder.join("pki"))
            .env("SMI_MANAGE_TOKEN", "smi-bench-measures-and-manages-nothing")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut running = Self { process, address, start: Duration::ZERO };
        running.wait_until_ready(folder)?;
        running.start = begin.elapsed();
        Ok(running)
    }

    fn wait_until_ready(&mut self, folder: &Path) -> anyhow::Result<()> {
        let begin = Instant::now();
        let url = format!("http://{}/health/ready", self.address);
        while ureq::get(&url).call().is_err() {
            if self.process.try_wait()?.is_some() || begin.elapsed() > PATIENCE {
                let log = fs::read_to_string(folder.join("serve.log")).unwrap_or_default();
                bail!("the service did not start:\n{log}");
            }
            thread::yield_now();
        }
        Ok(())
    }

    /// The processor time it has used.
    pub(super) fn cpu(&self) -> Duration {
        cpu(self.process.id())
    }

    /// The most memory it held, in bytes.
    pub(super) fn peak_memory(&self) -> u64 {
        peak_memory(self.process.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The most memory that a process held so far, in bytes; 0 where it is gone.
pub(super) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    kilobytes(&status, "VmHWM:") * 1_024
}

/// The processor time that this process has used.
pub(super) fn own_cpu() -> Duration {
    cpu_of("self", OWN)
}

/// The processor time that this process's children have used, those that were waited for.
pub(super) fn childrens_cpu() -> Duration {
    cpu_of("self", CHILDREN)
}

/// The processor time that a process has used; 0 where it is gone.
pub(super) fn cpu(process: u32) -> Duration {
    cpu_of(&process.to_string(), OWN)
}

/// What the numbers were measured on.
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

/// How many threads run at once.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn cpu_of(process: &str, whose: usize) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    Duration::from_secs(ticks(&stat, whose)) / TICKS
}

/// User and system time, from that field on; the second field may hold spaces, in brackets.
fn ticks(stat: &str, first: usize) -> u64 {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().skip(first - 3).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn kilobytes(text: &str, field: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(field));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Another process may take it in between; the service then says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        let stat = "42 (a name) b) S 1 2 3 4 5 6 7 8 9 10 150 50 13 14";
        assert_eq!((ticks(stat, OWN), ticks(stat, CHILDREN)), (200, 27));
        assert_eq!(ticks("", OWN), 0);
        assert_eq!(kilobytes("VmPeak: 1 kB\nVmHWM:\t  2048 kB\n", "VmHWM:"), 2_048);
        assert!(machine().memory_bytes > 0);
    }
}
