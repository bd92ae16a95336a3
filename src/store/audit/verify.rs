//! The verification of a chain: a walk from its beginning to its end that reports what is wrong.
//!
//! Records are read a page at a time, so that the memory it needs does not grow with the chain.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    chain::{self, Head, audit_heads},
    finding::{Finding, RecordPlace},
    record::{ChainedRow, Link, Point},
};
use crate::{
    db::{Connection, StoreFault},
    hash::Hash,
    store::decision::decisions,
};

/// The page size.
const PAGE: i64 = 500;
/// A record that was moved is recognised where it was moved by no more than so many places.
const MOVE_SEARCH_DISTANCE: i64 = 500;

/// What was read of a chain, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainSummary {
    /// How many records.
    pub records: u64,
    /// Its anchor, where it has one.
    pub head: Option<Head>,
}

/// The names of all chains, with an anchor or without.
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
    let mut last = i64::MIN;
    loop {
        let page = decisions::table
            .filter(decisions::chain.is_null().or(decisions::sequence.is_null()))
            .filter(decisions::id.gt(last))
            .order(decisions::id)
            .limit(PAGE)
            .select((decisions::id, decisions::request_id))
            .load::<(i64, String)>(connection)?;
        let Some((id, _)) = page.last() else {
            return Ok(());
        };
        last = *id;
        for (row, request_id) in page {
            found(Finding::Unchained { row, request_id });
        }
    }
}

/// Reports everything that is wrong with a chain, and whether a point noted earlier is still part of it.
///
/// # Errors
/// When the database fails.
pub fn verify(
    connection: &mut Connection,
    chain: &str,
    noted: Option<Point>,
    found: &mut dyn FnMut(Finding),
) -> Result<ChainSummary, StoreFault> {
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

/// The record before.
struct PreviousRecord {
    sequence: i64,
    row: i64,
    hash: Vec<u8>,
}

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
            // What the chain begins after is known by its hash, though it is no longer kept.
            Some(head) => walk.check_noted(head.first_sequence - 1, head.first_previous.as_bytes()),
        }
        walk
    }

    fn position(&self) -> (i64, i64) {
        self.before.as_ref().map_or((i64::MIN, i64::MIN), |before| (before.sequence, before.row))
    }

    /// Looks at the next record; `false` where the database gives them in no order, so that there is no way on.
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

    /// Whether its number is the next, and its row behind that of the record before.
    fn check_position(&mut self, place: &RecordPlace) {
        let RecordPlace { sequence, row, .. } = *place;
        let first = self.head.map_or(sequence, |head| head.first_sequence);
        if sequence < first {
            (self.found)(Finding::BeforeFirst { place: place.clone(), first });
            return;
        }
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

    /// Whether it is what was hashed, and follows the record before.
    fn check_content(&mut self, place: &RecordPlace, record: &ChainedRow) {
        if !self.is_sealed(place.sequence, record) {
            let reach = (place.sequence - MOVE_SEARCH_DISTANCE).max(1)
                ..=place.sequence.saturating_add(MOVE_SEARCH_DISTANCE);
            let written_as = reach.into_iter().find(|sequence| self.is_sealed(*sequence, record));
            (self.found)(match written_as {
                Some(written_as) => Finding::Moved { place: place.clone(), written_as },
                None => Finding::Changed(place.clone()),
            });
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

    /// Whether it ends the chain where the anchor says.
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

    /// Whether the record of a noted number has the hash that was noted.
    fn check_noted(&mut self, sequence: i64, hash: &[u8]) {
        let Some(noted) = self.noted.filter(|noted| noted.sequence == sequence) else {
            return;
        };
        self.noted = None;
        if noted.hash.as_bytes() != hash {
            let found = Hash::try_from(hash).unwrap_or(Hash::ZERO);
            (self.found)(Finding::NotAsNoted { noted, found });
        }
    }

    fn finish(self) -> ChainSummary {
        let Self { head, noted, found, before, records, .. } = self;
        if let Some(head) = head {
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
