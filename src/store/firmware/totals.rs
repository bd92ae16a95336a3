//! The batches of schedules, added up in the database.

use std::collections::BTreeMap;

use diesel::{
    dsl::{count_star, max, min, sql},
    prelude::*,
    sql_types::BigInt,
};

use super::tables::firmware_batches;
use crate::{
    db::{Connection, StoreFault},
    domain::{Date, ScheduleNumber},
    store::stored::Table,
};

const BATCHES: Table = Table("firmware_batches");

/// A schedule, its batches, their first and last day, and the images sent, done and failed.
type TotalsRow = (i64, i64, (Option<String>, Option<String>), (i64, i64, i64));

/// The batches of a schedule, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchTotals {
    /// How many there are.
    pub batches: u64,
    /// The first and the last day.
    pub days: Option<(Date, Date)>,
    /// How many images were sent.
    pub sent: u64,
    /// How many Devices activated theirs.
    pub done: u64,
    /// How many did not.
    pub failed: u64,
}

/// Adds up the batches of these schedules, in the database. One without batches is missing.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn totals_of(
    connection: &mut Connection,
    schedules: &[ScheduleNumber],
) -> Result<BTreeMap<ScheduleNumber, BatchTotals>, StoreFault> {
    let ids = schedules.iter().map(|number| number.0).collect::<Vec<_>>();
    let sums = (
        sql::<BigInt>("CAST(SUM(sent) AS BIGINT)"),
        sql::<BigInt>("CAST(SUM(done) AS BIGINT)"),
        sql::<BigInt>("CAST(SUM(failed) AS BIGINT)"),
    );
    let rows = firmware_batches::table
        .filter(firmware_batches::schedule_id.eq_any(ids))
        .group_by(firmware_batches::schedule_id)
        .select((
            firmware_batches::schedule_id,
            count_star(),
            (min(firmware_batches::day), max(firmware_batches::day)),
            sums,
        ))
        .load::<TotalsRow>(connection)?;
    let totals = |(id, batches, (first, last), (sent, done, failed)): TotalsRow| {
        let day = |day: Option<String>| day.map(|day| BATCHES.day("day", &day)).transpose();
        Ok((
            ScheduleNumber(id),
            BatchTotals {
                batches: batches.unsigned_abs(),
                days: day(first)?.zip(day(last)?),
                sent: sent.unsigned_abs(),
                done: done.unsigned_abs(),
                failed: failed.unsigned_abs(),
            },
        ))
    };
    rows.into_iter().map(totals).collect()
}
