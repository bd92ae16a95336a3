//! `[simulate]`: how simulated Devices behave.

use std::{fmt, time::Duration};

use super::{fault::SettingsFault, raw::RawSimulate};
use crate::service::Simulation;

/// The delay of a simulated Device in milliseconds. Where the test clock stands it is 0: who moves the clock waits for nothing.
const DELAY: u32 = 1_500;

/// Checks the behaviour. `has_test_clock`: whether `[test] clock` is set.
pub(super) fn read(raw: &RawSimulate, has_test_clock: bool) -> Result<Simulation, SettingsFault> {
    let milliseconds = |ms: u32| Duration::from_millis(u64::from(ms));
    let fail_percent = raw.fail_percent.unwrap_or(0);
    if fail_percent > 100 {
        let reason = format!("simulate.fail_percent: `{fail_percent}` is not from 0 to 100");
        return Err(SettingsFault::Unusable(reason));
    }
    let default = if has_test_clock { 0 } else { DELAY };
    Ok(Simulation {
        delay: milliseconds(raw.delay_ms.unwrap_or(default)),
        jitter: milliseconds(raw.jitter_ms.unwrap_or(0)),
        fail_percent,
        seed: raw.seed.unwrap_or(0),
    })
}

/// Writes the behaviour in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, simulation: Simulation) -> fmt::Result {
    let Simulation { delay, jitter, fail_percent, seed } = simulation;
    writeln!(f, "delay_ms = {}\njitter_ms = {}", delay.as_millis(), jitter.as_millis())?;
    writeln!(f, "fail_percent = {fail_percent}\nseed = {seed}")
}
