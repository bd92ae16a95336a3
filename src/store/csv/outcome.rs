//! The outcome of an import: what it changed, what followed for Devices, and what looks wrong.

use std::{collections::BTreeMap, fmt};

use super::{
    Warnings,
    row_change::{MAX_SHOWN, RowChange, RowChangeKind, ValueChange, differences},
};
use crate::domain::{CspRegion, Eui64, escape_invisible};

/// What an import did; of a dry run, what it would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The number of lines, the header not counted.
    pub rows: usize,
    /// The changes that the file says itself.
    pub changes: Changes,
    /// The consequences for Devices.
    pub consequences: Consequences,
    /// The Device Models that nearly are on the Central Products List.
    pub near_misses: NearMisses,
    /// The lines that were imported although they look wrong.
    pub warnings: Warnings,
    /// Of coverage: the extracts that replaced others.
    pub replaced: Vec<ReplacedExtract>,
}

/// An extract that became current, with the number of rows of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplacedExtract {
    /// The CSP Region of both.
    pub region: CspRegion,
    /// The number of rows before.
    pub before: u64,
    /// The number of rows now.
    pub rows: u64,
}

/// The changes that a file makes, counted by key. An extract of coverage is replaced whole: all its rows are added, and those before
/// removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The keys that were not there.
    pub added: Affected,
    /// The keys that were there with other values.
    pub replaced: Affected,
    /// The number of those that were there with the same values.
    pub unchanged: usize,
    /// The keys that the file does not name and that are there no longer.
    pub removed: Affected,
    /// The first hundred rows of them, with their values before and after. Of coverage none, as an extract is replaced whole.
    pub first: Vec<RowChange>,
}

impl Changes {
    /// The changes from some values to others. `cells` gives the values of a row in the order of `columns`.
    pub(in crate::store) fn between<V: PartialEq>(
        before: &[V],
        after: &[V],
        key: impl Fn(&V) -> String,
        columns: &[&str],
        cells: impl Fn(&V) -> Vec<String>,
    ) -> Self {
        let mut changes = Self::default();
        let mut before = before.iter().map(|value| (key(value), value)).collect::<BTreeMap<_, _>>();
        for value in after {
            let key = key(value);
            let (kind, earlier) = match before.remove(&key) {
                None => (RowChangeKind::New, None),
                Some(same) if same == value => {
                    changes.unchanged += 1;
                    continue;
                }
                Some(other) => (RowChangeKind::Changed, Some(other)),
            };
            changes
                .add(key, kind, || differences(columns, earlier.map(&cells).as_deref(), Some(&cells(value))));
        }
        for (key, value) in before {
            changes.add(key, RowChangeKind::Removed, || differences(columns, Some(&cells(value)), None));
        }
        changes
    }

    fn add(&mut self, key: String, kind: RowChangeKind, values: impl FnOnce() -> Vec<ValueChange>) {
        if self.first.len() < MAX_SHOWN {
            self.first.push(RowChange { key: key.clone(), kind, values: values() });
        }
        match kind {
            RowChangeKind::New => self.added.add(key),
            RowChangeKind::Changed => self.replaced.add(key),
            RowChangeKind::Removed => self.removed.add(key),
        }
    }

    /// How many more rows are shown with their values.
    pub(in crate::store) const fn rows_to_show(&self) -> usize {
        MAX_SHOWN.saturating_sub(self.first.len())
    }
}

/// The consequences of an import for Devices. Only the import of a Central Products List has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// The Devices suspended.
    pub suspended: Affected,
    /// The Devices restored to their status before the suspension.
    pub restored: Affected,
}

/// What an import changed, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// The first ten keys.
    pub first: Vec<String>,
    /// The number of all of them.
    pub total: usize,
}

impl Affected {
    /// How many of them are named.
    pub(in crate::store) const NAMED: usize = 10;

    /// Of these Devices, in the order of their IDs.
    pub(in crate::store) fn devices(devices: impl Iterator<Item = Eui64>) -> Self {
        let mut devices = devices.collect::<Vec<_>>();
        devices.sort_unstable();
        let first = devices.iter().take(Self::NAMED).map(ToString::to_string).collect();
        Self { first, total: devices.len() }
    }

    fn add(&mut self, key: String) {
        self.total += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(key);
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl fmt::Display for Affected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.total)?;
        let named = escape_invisible(&self.first.join("; "));
        match self.total - self.first.len() {
            _ if self.is_empty() => Ok(()),
            0 => write!(f, " ({named})"),
            more => write!(f, " ({named}; and {more} more)"),
        }
    }
}

/// Device Models of Devices that are on no line of the Central Products List, but would be without regard to leading zeros, case and
/// spaces: most often a spreadsheet changed one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NearMisses {
    /// The first ten.
    pub first: Vec<NearMiss>,
    /// The number of all of them.
    pub total: usize,
}

impl NearMisses {
    /// Adds one.
    pub(in crate::store) fn add(&mut self, near_miss: NearMiss) {
        self.total += 1;
        if self.first.len() < Affected::NAMED {
            self.first.push(near_miss);
        }
    }
}

/// A Device Model, and the line of the list that it nearly is: manufacturer, model, Device Type and firmware version of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// That of Devices.
    pub of_devices: String,
    /// That of the list.
    pub listed: String,
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of_devices, listed } = self;
        let (of_devices, listed) = (escape_invisible(of_devices), escape_invisible(listed));
        write!(f, "Devices have `{of_devices}`, the Central Products List has `{listed}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_by_key() {
        let before = [(1, 'a'), (2, 'b'), (3, 'c')];
        let after = [(2, 'b'), (3, 'd'), (4, 'e'), (5, 'f')];
        let cells = |(key, value): &(i32, char)| vec![key.to_string(), value.to_string()];
        let changes = Changes::between(&before, &after, |(key, _)| key.to_string(), &["key", "value"], cells);
        let shown = |affected: &Affected| affected.to_string();
        assert_eq!((shown(&changes.added), changes.unchanged), ("2 (4; 5)".to_owned(), 1));
        assert_eq!([shown(&changes.replaced), shown(&changes.removed)], ["1 (3)", "1 (1)"]);
        let rows = changes.first.iter().map(|row| {
            let value = |value: &ValueChange| {
                let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
                format!(" {}: {} to {}", value.column, shown(&value.before), shown(&value.after))
            };
            format!("{} {}:{}", row.kind, row.key, row.values.iter().map(value).collect::<String>())
        });
        assert_eq!(
            rows.collect::<Vec<_>>(),
            [
                "changed 3: value: c to d",
                "new 4: key: - to 4 value: - to e",
                "new 5: key: - to 5 value: - to f",
                "removed 1: key: 1 to - value: a to -",
            ]
        );
        let many = (0..112).collect::<Vec<_>>();
        let changes = Changes::between(&[], &many, ToString::to_string, &["n"], |n| vec![n.to_string()]);
        assert_eq!((changes.first.len(), changes.rows_to_show()), (100, 0));
        let added = changes.added;
        assert_eq!(shown(&added), "112 (0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 102 more)");
        assert_eq!(shown(&Affected::default()), "0");
    }
}
