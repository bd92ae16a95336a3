//! The history of a Device, whole: every change of every field, and the record as it stood at an instant.
//!
//! A change is kept in one place. The record of a decision carries what it changed of the Device that it is about, where the status
//! stays: SR 8.4 comes by the hundred thousand, and a row of its own would be another page of an index for each. All other changes are
//! rows of `status_history`: moves, Devices that join and leave, and those of events, imports, hub notifications and other Devices of a
//! home. A decision names the last row before its changes, so that both have one order, whatever the clock shows.

use std::{fmt, str::FromStr};

use super::{
    decision,
    device::{self, history},
    kept::Kept,
    page::Side,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, HistoryEvent, PastRecord, RecordUndo, RecordedChange, Timestamp},
};

/// The changes that are loaded at once where later ones are undone.
const PAGE: usize = 100;

/// A place in the history of a Device: the last row of either table before it. Written `12.40`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPlace {
    pub(super) row: i64,
    pub(super) decision: i64,
}

/// The parse error of a [`HistoryPlace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no place in a history")]
pub struct NoHistoryPlace;

impl HistoryPlace {
    pub(super) const BEGIN: Self = Self { row: 0, decision: 0 };
    pub(super) const END: Self = Self { row: i64::MAX, decision: i64::MAX };
}

impl fmt::Display for HistoryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.row, self.decision)
    }
}

impl FromStr for HistoryPlace {
    type Err = NoHistoryPlace;

    fn from_str(text: &str) -> Result<Self, NoHistoryPlace> {
        let number = |text: &str| text.parse().ok().filter(|number: &i64| *number >= 0);
        let (row, decision) = text.split_once('.').ok_or(NoHistoryPlace)?;
        let (row, decision) = number(row).zip(number(decision)).ok_or(NoHistoryPlace)?;
        Ok(Self { row, decision })
    }
}

/// A page of the history of a Device, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// The changes.
    pub changes: Vec<RecordedChange>,
    /// The place that the next page goes on from; absent on the last page.
    pub next: Option<HistoryPlace>,
    /// Since when every change of the Device is kept; absent where all are.
    pub kept_since: Option<Timestamp>,
}

/// Loads a page of every change of a Device, oldest first.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    device: Eui64,
    after: Option<HistoryPlace>,
    limit: u16,
) -> Result<HistoryPage, StoreFault> {
    let after = after.unwrap_or(HistoryPlace::BEGIN);
    // One more than the page has shows whether another page follows.
    let sides = (Side::After(after.row), Side::After(after.decision));
    let mut placed = load(connection, device, sides, usize::from(limit) + 1)?.place_from(after, true);
    let has_more = placed.len() > usize::from(limit);
    placed.truncate(usize::from(limit));
    let next = placed.last().map(|(place, _)| *place).filter(|_| has_more);
    let changes = placed.into_iter().map(|(_, change)| change).collect();
    Ok(HistoryPage { changes, next, kept_since: kept_since(connection, device)? })
}

/// Since when every change of a Device is kept; none where all are, as of one that joined later.
fn kept_since(connection: &mut Connection, device: Eui64) -> Result<Option<Timestamp>, StoreFault> {
    let Some(since) = Kept::load(connection)?.since() else { return Ok(None) };
    let HistoryPlace { row, decision } = HistoryPlace::BEGIN;
    let first = load(connection, device, (Side::After(row), Side::After(decision)), 1)?;
    let mut first = first.place_from(HistoryPlace::BEGIN, true).into_iter();
    let is_later = |change: &RecordedChange| change.event() == HistoryEvent::Joined && change.at >= since;
    Ok(Some(since).filter(|_| !first.any(|(_, change)| is_later(&change))))
}

/// The place behind the last change of a Device: nothing follows it until the Device changes again.
///
/// # Errors
/// When the database fails.
pub fn last_place(connection: &mut Connection, device: Eui64) -> Result<HistoryPlace, StoreFault> {
    let HistoryPlace { row, decision } = HistoryPlace::END;
    let last = load(connection, device, (Side::Before(row), Side::Before(decision)), 1)?;
    let HistoryPlace { row, decision } = HistoryPlace::BEGIN;
    Ok(HistoryPlace {
        row: last.rows.first().map_or(row, |(row, _)| *row),
        decision: last.decisions.first().map_or(decision, |(decision, _)| *decision),
    })
}

/// The changes on one side of a place, of both tables.
pub(super) struct Loaded<T> {
    pub(super) rows: Vec<(i64, T)>,
    /// Each behind a row.
    pub(super) decisions: Vec<(i64, (i64, T))>,
    pub(super) limit: usize,
}

fn load(
    connection: &mut Connection,
    device: Eui64,
    (rows, decisions): (Side, Side),
    limit: usize,
) -> Result<Loaded<RecordedChange>, StoreFault> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(Loaded {
        rows: history::changes_of_device(connection, device, rows, most)?,
        decisions: decision::changes_of_device(connection, device, decisions, most)?,
        limit,
    })
}

impl<T> Loaded<T> {
    /// Merges both in their order, each with the place behind it; newest first where `is_forward` is not set. Only as many as were
    /// asked for of each: behind them one of the two may be incomplete.
    pub(super) fn place_from(self, from: HistoryPlace, is_forward: bool) -> Vec<(HistoryPlace, T)> {
        let (mut rows, mut decisions) =
            (self.rows.into_iter().peekable(), self.decisions.into_iter().peekable());
        let (mut place, mut placed) = (from, Vec::new());
        while placed.len() < self.limit {
            let takes_row = match (rows.peek(), decisions.peek()) {
                // A decision comes after the row that it names, and after all before.
                (Some((row, _)), Some((_, (after, _)))) => (row <= after) == is_forward,
                (row, _) => row.is_some(),
            };
            let change = if takes_row {
                rows.next().map(|(row, change)| {
                    place.row = row;
                    change
                })
            } else {
                decisions.next().map(|(decision, (_, change))| {
                    place.decision = decision;
                    change
                })
            };
            let Some(change) = change else { break };
            placed.push((place, change));
        }
        placed
    }
}

/// A change, by the row of either table that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKey {
    /// A row of the history of Devices.
    Row(i64),
    /// A decision.
    Decision(i64),
}

/// Names each of the changes that [`Loaded::place_from`] placed from there on, in either order.
pub(super) fn keyed<T>(
    from: HistoryPlace,
    placed: Vec<(HistoryPlace, T)>,
) -> impl Iterator<Item = (ChangeKey, HistoryPlace, T)> {
    let mut before = from;
    placed.into_iter().map(move |(place, change)| {
        let is_row = place.row != before.row;
        before = place;
        let key = if is_row { ChangeKey::Row(place.row) } else { ChangeKey::Decision(place.decision) };
        (key, place, change)
    })
}

/// The record of a Device as it stood at an instant: as the last change until then left it. None if the Device never was in the SMI.
///
/// # Errors
/// When the database fails.
pub fn record_as_at(
    connection: &mut Connection,
    id: Eui64,
    at: Timestamp,
) -> Result<Option<PastRecord>, StoreFault> {
    let device = device::find(connection, id)?;
    let (mut record, mut place) = (RecordUndo::of(device.as_ref()), HistoryPlace::END);
    let (mut last_change, mut is_known) = (None, device.is_some());
    'undo: loop {
        let sides = (Side::Before(place.row), Side::Before(place.decision));
        let placed = load(connection, id, sides, PAGE)?.place_from(place, false);
        let is_last = placed.len() < PAGE;
        for (of_change, change) in placed {
            is_known = true;
            if change.at <= at {
                last_change = Some(change);
                break 'undo;
            }
            record.undo(&change);
            place = of_change;
        }
        if is_last {
            break;
        }
    }
    let kept = Kept::load(connection)?;
    Ok(is_known.then(|| kept.past(id, at, record, last_change)))
}
