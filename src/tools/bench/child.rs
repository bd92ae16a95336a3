//! A command that is measured from its start to its end.

use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::process;

/// The interval at which memory is sampled.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(10);

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChildCost {
    /// From its start to its end.
    pub(super) seconds: f64,
    /// Its processor time.
    pub(super) cpu_seconds: f64,
    /// Its peak memory.
    pub(super) peak_memory_bytes: u64,
}

/// Runs a command to its end, which must be a success. What it prints is of no interest.
pub(super) fn run(command: &mut Command) -> anyhow::Result<ChildCost> {
    run_to(command, Stdio::null())
}

/// Runs a command to its end, which must be a success. What it prints goes there.
pub(super) fn run_to(command: &mut Command, output: Stdio) -> anyhow::Result<ChildCost> {
    let (begin, cpu) = (Instant::now(), process::childrens_cpu());
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(output).stderr(Stdio::inherit());
    let mut running = command.spawn().with_context(|| program.clone())?;
    let mut memory = 0;
    loop {
        // Linux keeps the peak, so no sample misses one; but it shows nothing of a process that has ended.
        memory = memory.max(process::peak_memory(running.id()));
        match running.try_wait()? {
            None => thread::sleep(SAMPLE_INTERVAL),
            Some(status) if status.success() => {
                return Ok(ChildCost {
                    seconds: begin.elapsed().as_secs_f64(),
                    cpu_seconds: process::childrens_cpu().saturating_sub(cpu).as_secs_f64(),
                    peak_memory_bytes: memory,
                });
            }
            Some(status) => bail!("`{program}` ended with {status}"),
        }
    }
}
