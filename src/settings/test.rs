//! `[test]`: the test bench.

use std::{fmt, time::Duration};

use super::{fault::SettingsFault, raw::RawTest};
use crate::{
    domain::{Timestamp, instant_text},
    service::test_bench::{JournalBounds, StatesChoices, TestChoices},
};

/// The most messages of the journal.
const MOST_MESSAGES: u32 = 1_000_000;
/// The most bytes of the journal.
const MOST_BYTES: u64 = 10_000_000_000;

/// Checks the section. Where none of its keys is set there is no test bench.
pub(super) fn read(
    raw: &RawTest,
    store_url: &str,
    store_timeout: Duration,
) -> Result<Option<TestChoices>, SettingsFault> {
    let RawTest { clock, journal, journal_bytes, states_dir } = raw;
    if clock.is_none() && journal.is_none() && journal_bytes.is_none() && states_dir.is_none() {
        return Ok(None);
    }
    let default = JournalBounds::default();
    let messages = match journal {
        None => default.messages,
        Some(number) if *number <= MOST_MESSAGES => usize::try_from(*number).unwrap_or(usize::MAX),
        Some(number) => return beyond("journal", u64::from(*number), u64::from(MOST_MESSAGES)),
    };
    let bytes = match journal_bytes {
        None => default.bytes,
        Some(number) if *number <= MOST_BYTES => usize::try_from(*number).unwrap_or(usize::MAX),
        Some(number) => return beyond("journal_bytes", *number, MOST_BYTES),
    };
    let states = states_dir.clone().map(|dir| {
        let store_url = store_url.to_owned();
        StatesChoices { dir, store_url, store_timeout }
    });
    Ok(Some(TestChoices { journal: JournalBounds { messages, bytes }, states }))
}

fn beyond<T>(key: &str, number: u64, most: u64) -> Result<T, SettingsFault> {
    Err(SettingsFault::Unusable(format!("test.{key}: `{number}` is not from 0 to {most}")))
}

/// Writes the section in the form of the settings file; nothing where it is not set.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    clock: Option<Timestamp>,
    test: Option<&TestChoices>,
) -> fmt::Result {
    let Some(TestChoices { journal, states }) = test else { return Ok(()) };
    writeln!(f, "\n[test]")?;
    if let Some(clock) = clock {
        writeln!(f, "clock = {}", toml::Value::from(instant_text(clock)))?;
    }
    writeln!(f, "journal = {}\njournal_bytes = {}", journal.messages, journal.bytes)?;
    match states {
        Some(states) => {
            writeln!(f, "states_dir = {}", toml::Value::from(states.dir.display().to_string()))
        }
        None => Ok(()),
    }
}
