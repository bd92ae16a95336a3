//! The verification of a chain: a walk from its first record to its last that reports every defect.
//!
//! Records are read a page at a time, so that memory does not grow with the chain.

use std::collections::BTreeSet;

use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::{
    chain::{self, Head, audit_heads},
    finding::{Finding, RecordPlace},
    record::{ChainedRow, Link, Point},
};
use crate::{
    db::{Connection, StoreFault},
    hash::Hash,
    store::{decision::decisions, request::requests},
};

/// The page size.
const PAGE: i64 = 500;
/// How far around its number a record's original number is searched. Each try costs a hash, so the search is bounded; a record
/// moved further is reported as changed.
const MOVE_SEARCH_DISTANCE: i64 = 500;

/// The summary of a verification: how much of the chain was read, defective or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainSummary {
    /// The number of records read.
    pub records: u64,
    /// The anchor, if there is one that can be read.
    pub head: Option<Head>,
}

/// Lists the names of all chains: those with an anchor, and those without, found in the records.
///
/// # Errors
/// When the database fails.
pub fn chains(connection: &mut Connection) -> Result<Vec<String>, StoreFault> {
    let anchored = audit_heads::table.select(audit_heads::chain).load::<String>(connection)?;
    let used = decisions::table.filter(decisions::chain.is_not_null()).select(decisions::chain).distinct();
    let used = used.load::<Option<String>>(connection)?;
    let names = anchored.into_iter().chain(used.into_iter().flatten());
    Ok(names.collect::<BTreeSet<_>>().into_iter().collect())
}

/// Reports every record that is in no chain.
///
/// # Errors
/// When the database fails.
pub fn unchained(connection: &mut Connection, found: &mut dyn FnMut(Finding)) -> Result<(), StoreFault> {
    let page = |connection: &mut Connection, after| {
        decisions::table
            .filter(decisions::chain.is_null().or(decisions::sequence.is_null()))
            .filter(decisions::id.gt(after))
            .order(decisions::id)
            .limit(PAGE)
            .select((decisions::id, decisions::request_id))
            .load(connection)
    };
    for_each_row(connection, page, |row, request_id| found(Finding::Unchained { row, request_id }))
}

/// Reports every record that is marked as named by its request, and is not: it is in no index of RequestIDs either.
///
/// # Errors
/// When the database fails.
pub fn unnamed(connection: &mut Connection, found: &mut dyn FnMut(Finding)) -> Result<(), StoreFault> {
    let page = |connection: &mut Connection, after| {
        let names = requests::table
            .filter(requests::request_id.eq(decisions::request_id))
            .filter(requests::chain.eq(decisions::chain))
            .filter(requests::sequence.eq(decisions::sequence));
        decisions::table
            .filter(decisions::is_named.is_not_null())
            .filter(not(exists(names)))
            .filter(decisions::id.gt(after))
            .order(decisions::id)
            .limit(PAGE)
            .select((decisions::id, decisions::request_id))
            .load(connection)
    };
    for_each_row(connection, page, |row, request_id| found(Finding::Unnamed { row, request_id }))
}

/// Calls `report` with the id and the RequestID of each row. `page` loads those of the next rows after an id, in the order of their ids.
fn for_each_row(
    connection: &mut Connection,
    page: impl Fn(&mut Connection, i64) -> QueryResult<Vec<(i64, String)>>,
    mut report: impl FnMut(i64, String),
) -> Result<(), StoreFault> {
    let mut last = i64::MIN;
    loop {
        let rows = page(connection, last)?;
        let Some((id, _)) = rows.last() else { return Ok(()) };
        last = *id;
        rows.into_iter().for_each(|(row, request_id)| report(row, request_id));
    }
}

/// Verifies a chain: reports every defect, and whether a point noted earlier is still part of it.
///
/// # Errors
/// When the database fails.
pub fn verify(
    connection: &mut Connection,
    chain: &str,
    noted: Option<Point>,
    found: &mut dyn FnMut(Finding),
) -> Result<ChainSummary, StoreFault> {
    verify_with_progress(connection, chain, noted, found, &mut |_| Ok(()))
}

/// Verifies a chain, as [`verify()`] does. `read` is called with the number of records of each page that was read; its fault ends the
/// verification.
///
/// # Errors
/// When the database fails, and the fault of `read`.
pub fn verify_with_progress(
    connection: &mut Connection,
    chain: &str,
    noted: Option<Point>,
    found: &mut dyn FnMut(Finding),
    read: &mut dyn FnMut(usize) -> Result<(), StoreFault>,
) -> Result<ChainSummary, StoreFault> {
    // A damaged anchor is a finding, not a fault: the records are verified without it.
    let head = match chain::head(connection, chain) {
        Err(StoreFault::Corrupt { .. }) => None,
        head => head?,
    };
    let mut walk = ChainWalk::new(chain, head, noted, found);
    loop {
        let page = page_after(connection, chain, walk.position())?;
        if page.is_empty() {
            break;
        }
        for (row, record) in &page {
            if !walk.step(*row, record) {
                return Ok(walk.finish());
            }
        }
        read(page.len())?;
    }
    Ok(walk.finish())
}

fn page_after(
    connection: &mut Connection,
    chain: &str,
    (sequence, row): (i64, i64),
) -> Result<Vec<(i64, ChainedRow)>, StoreFault> {
    // Ordered by row too: a unique index forbids two records of one number, but an attacker may have dropped it.
    let rows = decisions::table
        .filter(decisions::chain.eq(chain))
        .filter(decisions::sequence.ge(sequence))
        .filter(decisions::sequence.gt(sequence).or(decisions::id.gt(row)))
        .order((decisions::sequence, decisions::id))
        .limit(PAGE)
        .select((decisions::id, ChainedRow::as_select()))
        .load(connection)?;
    Ok(rows)
}

/// What is needed of the record before the current one.
struct PreviousRecord {
    sequence: i64,
    row: i64,
    hash: Vec<u8>,
}

/// The state of a verification: the record reached, and what is still to be compared.
struct ChainWalk<'a> {
    chain: &'a str,
    head: Option<Head>,
    noted: Option<Point>,
    found: &'a mut dyn FnMut(Finding),
    before: Option<PreviousRecord>,
    records: u64,
}

impl<'a> ChainWalk<'a> {
    fn new(
        chain: &'a str,
        head: Option<Head>,
        noted: Option<Point>,
        found: &'a mut dyn FnMut(Finding),
    ) -> Self {
        let mut walk = Self { chain, head, noted, found, before: None, records: 0 };
        match head {
            None => (walk.found)(Finding::NoAnchor),
            // An operator may have noted the last purged record: the anchor still has its hash.
            Some(head) => walk.check_noted(head.first_sequence - 1, head.first_previous.as_bytes()),
        }
        walk
    }

    fn position(&self) -> (i64, i64) {
        self.before.as_ref().map_or((i64::MIN, i64::MIN), |before| (before.sequence, before.row))
    }

    /// Checks the next record. `false` stops the walk: the database returned rows out of order, so paging might never end.
    fn step(&mut self, row: i64, record: &ChainedRow) -> bool {
        let sequence = record.sequence.unwrap_or(0);
        let place = RecordPlace { sequence, row, request_id: record.content.request_id.clone() };
        if (sequence, row) <= self.position() && self.before.is_some() {
            (self.found)(Finding::Changed(place));
            return false;
        }
        self.records += 1;
        self.check_position(&place);
        self.check_content(&place, record);
        let hash = record.hash.clone().unwrap_or_default();
        self.check_noted(sequence, &hash);
        self.check_end(&place, &hash);
        self.before = Some(PreviousRecord { sequence, row, hash });
        true
    }

    /// Checks that the record's number is the next, and its row id above that of the record before.
    fn check_position(&mut self, place: &RecordPlace) {
        let RecordPlace { sequence, row, .. } = *place;
        let first = self.head.map_or(sequence, |head| head.first_sequence);
        if sequence < first {
            (self.found)(Finding::BeforeFirst { place: place.clone(), first });
            return;
        }
        // At least `first`: a record before the chain's beginning is reported as that, and must not make the next one a gap as well.
        let next = self.before.as_ref().map_or(first, |before| (before.sequence + 1).max(first));
        if sequence < next {
            (self.found)(Finding::Doubled(place.clone()));
        }
        if sequence > next {
            (self.found)(Finding::Missing { from: next, to: sequence - 1 });
        }
        if let Some(before) = self.before.as_ref().map(|before| before.row).filter(|before| *before > row) {
            (self.found)(Finding::OutOfOrder { place: place.clone(), before });
        }
    }

    /// Checks the record's hash, and its link to the record before.
    fn check_content(&mut self, place: &RecordPlace, record: &ChainedRow) {
        if !self.is_sealed(place.sequence, record) {
            let reach = (place.sequence - MOVE_SEARCH_DISTANCE).max(1)
                ..=place.sequence.saturating_add(MOVE_SEARCH_DISTANCE);
            let written_as = reach.into_iter().find(|sequence| self.is_sealed(*sequence, record));
            (self.found)(match written_as {
                Some(written_as) => Finding::Moved { place: place.clone(), written_as },
                None => Finding::Changed(place.clone()),
            });
            // Its links mean nothing then: one finding a record.
            return;
        }
        let previous = record.previous_hash.as_deref().unwrap_or_default();
        match (&self.before, self.head) {
            (Some(before), _) if before.sequence + 1 == place.sequence && before.hash != previous => {
                (self.found)(Finding::Unlinked(place.clone()));
            }
            (_, Some(head))
                if head.first_sequence == place.sequence && head.first_previous.as_bytes() != previous =>
            {
                (self.found)(Finding::BeginsElsewhere(place.clone()));
            }
            _ => {}
        }
    }

    fn is_sealed(&self, sequence: i64, record: &ChainedRow) -> bool {
        let previous = record.previous_hash.as_deref().unwrap_or_default();
        let link = Link { chain: self.chain, sequence, previous };
        record.hash.as_deref() == Some(link.hash_of(&record.content).as_bytes().as_slice())
    }

    /// Checks the record against the anchor's end of the chain.
    fn check_end(&mut self, place: &RecordPlace, hash: &[u8]) {
        let Some(Head { last, .. }) = self.head else {
            return;
        };
        if place.sequence > last.sequence {
            (self.found)(Finding::AfterHead { place: place.clone(), last: last.sequence });
        } else if place.sequence == last.sequence && last.hash.as_bytes() != hash {
            (self.found)(Finding::NotTheHead(place.clone()));
        }
    }

    /// Compares the record with the noted point, if it has its number.
    fn check_noted(&mut self, sequence: i64, hash: &[u8]) {
        let Some(noted) = self.noted.filter(|noted| noted.sequence == sequence) else {
            return;
        };
        // Compared once: what is left at the end was never met.
        self.noted = None;
        if noted.hash.as_bytes() != hash {
            let found = Hash::try_from(hash).unwrap_or(Hash::ZERO);
            (self.found)(Finding::NotAsNoted { noted, found });
        }
    }

    fn finish(self) -> ChainSummary {
        let Self { head, noted, found, before, records, .. } = self;
        if let Some(head) = head {
            // Records missing at the end are only known from the anchor: the walk itself just runs out of rows.
            let next = before.map_or(i64::MIN, |before| before.sequence + 1).max(head.first_sequence);
            if next <= head.last.sequence {
                found(Finding::Missing { from: next, to: head.last.sequence });
            }
        }
        if let Some(noted) = noted {
            found(Finding::NotedIsGone(noted.sequence));
        }
        ChainSummary { records, head }
    }
}

#[cfg(test)]
mod tests;
