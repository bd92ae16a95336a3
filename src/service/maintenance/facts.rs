//! What the rules look at, loaded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, LondonMonth, Timestamp,
        maintenance::{MaintenanceWindow, WindowReference},
    },
    rules::maintenance::MonthFacts,
    store,
};

/// A night and the next reach no further.
const BESIDE: SignedDuration = SignedDuration::from_hours(48);

/// Loads all that is known of a month.
pub(super) fn of_month(connection: &mut Connection, month: LondonMonth) -> Result<MonthFacts, StoreFault> {
    let begins = month.begins().checked_sub(BESIDE).unwrap_or(Timestamp::MIN);
    let ends = month.ends().checked_add(BESIDE).unwrap_or(Timestamp::MAX);
    let around = store::windows_within(connection, &(begins..ends))?;
    let references = around.iter().map(|window| &window.reference).collect::<BTreeSet<_>>();
    let mut told = store::newest_published(connection, &references)?;
    let of_month = store::newest_published_of_month(connection, month)?;
    told.extend(of_month.into_iter().map(|version| (version.reference.clone(), version)));
    let (windows, beside): (Vec<_>, Vec<_>) =
        around.into_iter().partition(|window| window.plan.month() == month);
    Ok(MonthFacts {
        month,
        open_cases: open_cases(connection, &windows)?,
        windows,
        beside,
        told,
        schedule: store::last_schedule(connection, month)?,
        derogations: store::all_derogations(connection)?,
        images: agreed_images(connection, month)?,
    })
}

/// How many firmware images are agreed for each London day of a month (PM/r).
fn agreed_images(connection: &mut Connection, month: LondonMonth) -> Result<BTreeMap<Date, u64>, StoreFault> {
    let agreed = store::agreed_images(connection, month.first())?;
    Ok(agreed.into_iter().filter(|(day, _)| LondonMonth::of_day(*day) == month).collect())
}

fn open_cases(
    connection: &mut Connection,
    windows: &[MaintenanceWindow],
) -> Result<BTreeMap<WindowReference, usize>, StoreFault> {
    let cases = store::cases_of_windows(connection, windows.iter().map(|window| &window.reference))?;
    let mut open = BTreeMap::<_, usize>::new();
    for keyed in cases.into_iter().filter(|keyed| keyed.case.closed.is_none()) {
        *open.entry(keyed.case.reference).or_default() += 1;
    }
    Ok(open)
}
