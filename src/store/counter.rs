//! Counters: numbers that only grow, kept so that a restart or a clock that stands still repeats none.

use diesel::prelude::*;

use super::table::stored_table;
use crate::{
    db::{
        Connection, StoreFault, on_either,
        prepared::{self, BindValue, Statement},
    },
    domain::closed_set,
};

stored_table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

closed_set!(
    /// What is counted.
    Counter, "a counter", {
        // The number of the last DCC Alert.
        Alert => "alert",
        // How often registrations, or the MPxNs of Devices, were replaced.
        SupplierLinks => "supplier_links",
        // How often the readiness check tried to write.
        WriteProbe => "write_probe",
        // The number of the last row of the history of statuses that alerts told of.
        ToldMove => "told_move",
        // Milliseconds since 1970: before, changes of Devices were not kept, but for their statuses.
        UnknownBefore => "unknown_before",
        // Milliseconds since 1970: before, changes that decisions carried may be purged with them.
        PurgedBefore => "purged_before",
        // The number of the last decision that was purged.
        PurgedDecision => "purged_decision",
        // The number of the last of those that carried changes.
        PurgedChange => "purged_change",
        // What the last restore of a backup marked the store with, a number of 32 bits.
        RestoreMark => "restore_mark",
        // The number of the last decision that the tallies of answers count.
        TalliedDecision => "tallied_decision",
        // Milliseconds since 1970: when Devices were last counted.
        DevicesCounted => "devices_counted",
    }
);

/// Its value; none where it never counted.
///
/// # Errors
/// When the database fails.
pub fn read(connection: &mut Connection, counter: Counter) -> Result<Option<i64>, StoreFault> {
    let value = counters::table.find(counter.as_str()).select(counters::value);
    Ok(on_either!(connection, |inner| value.get_result::<i64>(inner)).optional()?)
}

/// Counts on, to one more than the value.
struct Advance;

impl Statement for Advance {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO counters (name, value) VALUES (",
        ", ",
        ") ON CONFLICT (name) DO UPDATE SET value = \
        CASE WHEN counters.value < excluded.value THEN excluded.value ELSE counters.value + 1 END",
    ];
}

/// The next number: one more than the last, and at least `least`.
///
/// # Errors
/// When the database fails.
pub fn next(connection: &mut Connection, counter: Counter, least: i64) -> Result<i64, StoreFault> {
    prepared::run::<Advance>(connection, &[BindValue::Text(counter.as_str()), BindValue::Number(least)])?;
    Ok(read(connection, counter)?.unwrap_or(least))
}

/// Writes a row of its own, as a check of whether anything can be written.
///
/// # Errors
/// When the database fails.
pub fn probe_writing(connection: &mut Connection) -> Result<(), StoreFault> {
    next(connection, Counter::WriteProbe, 1).map(drop)
}

/// Sets a counter; none: as if it never counted.
///
/// # Errors
/// When the database fails.
pub fn set(connection: &mut Connection, counter: Counter, value: Option<i64>) -> Result<(), StoreFault> {
    diesel::delete(counters::table.find(counter.as_str())).execute(connection)?;
    if let Some(value) = value {
        let row = (counters::name.eq(counter.as_str()), counters::value.eq(value));
        diesel::insert_into(counters::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// Sets a counter to a number, unless it is there already or further.
///
/// # Errors
/// When the database fails.
pub(in crate::store) fn raise(
    connection: &mut Connection,
    counter: Counter,
    to: i64,
) -> Result<(), StoreFault> {
    if read(connection, counter)?.is_none_or(|known| known < to) {
        set(connection, counter, Some(to))?;
    }
    Ok(())
}

/// Advances a counter from the value that it must have, or from none. Returns whether it had it. Of two transactions that advance it from the
/// same value the second waits for the first, and finds another one.
///
/// # Errors
/// When the database fails.
pub(in crate::store) fn advance(
    connection: &mut Connection,
    counter: Counter,
    from: Option<i64>,
    to: i64,
) -> Result<bool, StoreFault> {
    let changed = match from {
        None => {
            let row = (counters::name.eq(counter.as_str()), counters::value.eq(to));
            let insert = diesel::insert_into(counters::table).values(row).on_conflict_do_nothing();
            on_either!(connection, |inner| insert.execute(inner))?
        }
        Some(from) => {
            let known = counters::table.find(counter.as_str()).filter(counters::value.eq(from));
            diesel::update(known).set(counters::value.eq(to)).execute(connection)?
        }
    };
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TempStore;

    #[test]
    fn a_counter_only_grows_and_follows_the_least_where_that_is_ahead() {
        let temp = TempStore::new();
        let next = |least| temp.transact(move |connection| next(connection, Counter::Alert, least)).unwrap();
        assert_eq!([next(5), next(5), next(1), next(100), next(100)], [5, 6, 7, 100, 101]);
        assert_eq!(temp.store.read(|connection| read(connection, Counter::ToldMove)).unwrap(), None);
        temp.transact(|connection| set(connection, Counter::ToldMove, Some(3))).unwrap();
        temp.transact(|connection| set(connection, Counter::Alert, None)).unwrap();
        for to in [4, 2] {
            temp.transact(move |connection| raise(connection, Counter::PurgedChange, to)).unwrap();
        }
        let raised = temp.store.read(|connection| read(connection, Counter::PurgedChange));
        assert_eq!(raised.unwrap(), Some(4));
        let values = temp.store.read(|connection| {
            Ok::<_, StoreFault>([read(connection, Counter::ToldMove)?, read(connection, Counter::Alert)?])
        });
        assert_eq!(values.unwrap(), [Some(3), None]);
        let advance = |from, to| {
            temp.transact(move |connection| advance(connection, Counter::TalliedDecision, from, to)).unwrap()
        };
        assert_eq!([advance(Some(1), 2), advance(None, 3), advance(None, 4)], [false, true, false]);
        assert_eq!([advance(Some(3), 5), advance(Some(3), 6)], [true, false]);
    }
}
