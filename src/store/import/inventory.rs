//! Importing Devices as they are read: memory does not grow with the file.
//!
//! Lines are read and checked here, a batch ahead of the writer's thread, which keeps them beside the inventory. After the last
//! line the database compares them with each other and takes them in, all in one transaction. The writer is free for
//! others until then.

use std::io::Read;

use super::{
    Consequences, DeviceLine, ImportFault,
    fault::{Faults, TOLD},
    sheet::{Line, Reading},
};
use crate::{
    domain::Now,
    store::{
        Store,
        device::{Double, Finished, StagedRow, Staging},
    },
};

/// As many lines are handed over at once. Two batches are in memory.
const BATCH: usize = 2_000;

/// Loads a file; how many lines it has.
pub(super) fn load(
    store: &Store,
    from: &mut dyn Read,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<(usize, Consequences), ImportFault> {
    let mut faults = Faults::default();
    let Some(mut reading) = Reading::<DeviceLine, _>::begin(from, &mut faults)? else {
        return faults.into_result().map(|()| (0, Consequences::default()));
    };
    let mut staging = Staging::begin(store)?;
    read_all(&mut reading, &mut staging, &mut faults, progress)?;
    if !faults.is_empty() || staging.finish(now)? == Finished::HasDoubles {
        note_doubles(&mut staging, &mut faults)?;
    }
    faults.into_result()?;
    Ok((reading.seen(), Consequences::default()))
}

/// Lines without faults are kept in any case: a file with faults is told of its doubles, too.
fn read_all<R: Read>(
    reading: &mut Reading<DeviceLine, R>,
    staging: &mut Staging<'_>,
    faults: &mut Faults,
    progress: &mut dyn FnMut(u64),
) -> Result<(), ImportFault> {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(Line { number, value }) = reading.next(faults, progress)? {
        batch.push(StagedRow::new(number, &value));
        if batch.len() == BATCH {
            staging.stage(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
        }
    }
    Ok(staging.stage(batch)?)
}

fn note_doubles(staging: &mut Staging<'_>, faults: &mut Faults) -> Result<(), ImportFault> {
    let (first, total) = staging.doubles(TOLD)?;
    faults.and_more(usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(first.len()));
    for Double { line, earlier, device } in first {
        let shown = device.to_string();
        faults.in_value(line, "device_id", &shown, format!("`{shown}` is on line {earlier} too"));
    }
    Ok(())
}
