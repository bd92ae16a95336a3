//! The anchor of a chain: appending records to its end, purging them from its beginning.
//!
//! Each instance appends to its chain a transaction at a time. Should two append all the same, the unique index over chain and
//! sequence refuses the second.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::record::{self, Link, Point};
use crate::{
    db::{
        Connection, StoreFault, on_either,
        prepared::{self, BindValue, Statement},
    },
    domain::{Instance, Timestamp, instant_text},
    hash::Hash,
    store::{
        counter::{self, Counter},
        decision::{DecisionRow, decisions},
        device::history,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    audit_heads (chain) {
        chain -> Text,
        sequence -> BigInt,
        hash -> Binary,
        first_sequence -> BigInt,
        first_previous_hash -> Binary,
    }
}

const TABLE: Table = Table("audit_heads");
const DECIDED_AT: Table = Table("decisions");
/// The page size when decisions of an older version are chained.
const BATCH: i64 = 1_000;

/// The anchor of a chain: its last record, and where its kept records begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last record; number 0 if none was ever written.
    pub last: Point,
    /// The number of the first record that is kept; one more than the last if all are purged.
    pub first_sequence: i64,
    /// The hash of the record before the first that is kept.
    pub first_previous: Hash,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audit_heads)]
struct HeadRow {
    chain: String,
    sequence: i64,
    hash: Vec<u8>,
    first_sequence: i64,
    first_previous_hash: Vec<u8>,
}

impl Head {
    const EMPTY: Self =
        Self { last: Point { sequence: 0, hash: Hash::ZERO }, first_sequence: 1, first_previous: Hash::ZERO };

    fn row(&self, chain: &str) -> HeadRow {
        HeadRow {
            chain: chain.to_owned(),
            sequence: self.last.sequence,
            hash: self.last.hash.as_bytes().to_vec(),
            first_sequence: self.first_sequence,
            first_previous_hash: self.first_previous.as_bytes().to_vec(),
        }
    }
}

impl TryFrom<HeadRow> for Head {
    type Error = StoreFault;

    fn try_from(row: HeadRow) -> Result<Self, StoreFault> {
        let HeadRow { chain: _, sequence, hash, first_sequence, first_previous_hash } = row;
        let hash_in = |column, bytes: Vec<u8>| {
            Hash::try_from(bytes.as_slice()).map_err(|fault| TABLE.corrupt(column, &fault))
        };
        Ok(Self {
            last: Point { sequence, hash: hash_in("hash", hash)? },
            first_sequence,
            first_previous: hash_in("first_previous_hash", first_previous_hash)?,
        })
    }
}

/// Looks up the anchor of a chain; `None` if there is no such chain.
///
/// # Errors
/// When the database fails, or the anchor cannot be read back.
pub fn head(connection: &mut Connection, chain: &str) -> Result<Option<Head>, StoreFault> {
    let row = audit_heads::table.find(chain);
    let row = on_either!(connection, |inner| row.select(HeadRow::as_select()).get_result(inner));
    row.optional()?.map(Head::try_from).transpose()
}

/// Lists the anchors of all chains, by the chain's name.
///
/// # Errors
/// When the database fails, or an anchor cannot be read back.
pub fn heads(connection: &mut Connection) -> Result<Vec<(String, Head)>, StoreFault> {
    let rows = audit_heads::table.order(audit_heads::chain);
    let rows: Vec<HeadRow> = on_either!(connection, |inner| rows.select(HeadRow::as_select()).load(inner))?;
    rows.into_iter().map(|row| Ok((row.chain.clone(), Head::try_from(row)?))).collect()
}

/// The anchor of a chain that is to be moved; none if there is no such chain yet.
struct MovingHead {
    known: Option<Head>,
    /// The last row of the history of Devices: what the records carry comes after it.
    last_change: i64,
}

/// Looks up the anchor of a chain to move it. On a server it is locked until the end of the transaction, so that the batches of an
/// instance append one after the other; call it as late as can be. `carries`: whether a record carries changes.
fn head_to_move(connection: &mut Connection, chain: &str, carries: bool) -> Result<MovingHead, StoreFault> {
    let Connection::Postgres(server) = connection else {
        let last_change = if carries { history::last_number(connection)? } else { 0 };
        return Ok(MovingHead { known: head(connection, chain)?, last_change });
    };
    // In the same statement, as each is a round trip. It sees the rows of this transaction and of those before it: the Devices that
    // the records are about are locked.
    let last_change = sql::<BigInt>("(SELECT COALESCE(MAX(id), 0) FROM status_history)");
    let row = audit_heads::table.find(chain).select((HeadRow::as_select(), last_change)).for_update();
    let read = |(row, last_change): (HeadRow, i64)| {
        Ok(MovingHead { known: Some(Head::try_from(row)?), last_change })
    };
    if let Some(found) = row.get_result(server).optional()? {
        return read(found);
    }
    // The first batch of an instance: of several that find no anchor one makes it, and the others wait for it.
    diesel::insert_into(audit_heads::table)
        .values(Head::EMPTY.row(chain))
        .on_conflict_do_nothing()
        .execute(server)?;
    let last_change = sql::<BigInt>("(SELECT COALESCE(MAX(id), 0) FROM status_history)");
    let row = audit_heads::table.find(chain).select((HeadRow::as_select(), last_change)).for_update();
    read(row.get_result(server)?)
}

/// Appends records to a chain in the given order, and moves its anchor. Each says whether its request is to name it. Returns the
/// number of the first.
pub(in crate::store) fn append(
    connection: &mut Connection,
    chain: &Instance,
    contents: impl Iterator<Item = (DecisionRow, bool)>,
) -> Result<i64, StoreFault> {
    let chain = chain.as_str();
    let contents = contents.collect::<Vec<_>>();
    let carries = contents.iter().any(|(content, _)| content.changes.is_some());
    let MovingHead { known, last_change } = head_to_move(connection, chain, carries)?;
    let before = known.unwrap_or(Head::EMPTY);
    let mut last = before.last;
    // Lazy: `insert` drives it, so `last` is the new end of the chain only after that.
    let rows = contents.into_iter().map(|(mut content, is_named)| {
        content.changes_after = content.changes.is_some().then_some(last_change);
        let link = Link { chain, sequence: last.sequence + 1, previous: last.hash.as_bytes().as_slice() };
        let hash = link.hash_of(&content);
        let row = link.row(content, hash, is_named);
        last = Point { sequence: link.sequence, hash };
        row
    });
    record::insert(connection, rows)?;
    match known {
        Some(_) => advance_head(connection, chain, last)?,
        None => {
            let head = Head { last, ..before };
            diesel::insert_into(audit_heads::table).values(head.row(chain)).execute(connection)?;
        }
    }
    Ok(before.last.sequence + 1)
}

/// The prepared statement that moves the anchor, run once a batch.
struct AdvanceHead;

impl Statement for AdvanceHead {
    const TEXT: &'static [&'static str] =
        &["UPDATE audit_heads SET sequence = ", ", hash = ", " WHERE chain = "];
}

fn advance_head(connection: &mut Connection, chain: &str, last: Point) -> Result<(), StoreFault> {
    let Point { sequence, hash } = last;
    let values = [BindValue::Number(sequence), BindValue::Bytes(hash.as_bytes()), BindValue::Text(chain)];
    prepared::run::<AdvanceHead>(connection, &values)?;
    Ok(())
}

/// Migrates the decisions of a version without chains into a chain, oldest first; returns how many.
///
/// Does nothing if there is a chain already: a record outside of it was not written by this program, and chaining it would hide
/// that it was added.
///
/// # Errors
/// When the database fails.
pub fn chain_legacy_decisions(connection: &mut Connection, chain: &Instance) -> Result<usize, StoreFault> {
    if audit_heads::table.select(audit_heads::chain).first::<String>(connection).optional()?.is_some() {
        return Ok(0);
    }
    let (mut last, mut last_id, mut number) = (Head::EMPTY.last, i64::MIN, 0);
    loop {
        let rows = decisions::table
            .filter(decisions::id.gt(last_id))
            .order(decisions::id)
            .limit(BATCH)
            .select((decisions::id, DecisionRow::as_select()))
            .load::<(i64, DecisionRow)>(connection)?;
        if rows.is_empty() {
            break;
        }
        for (id, content) in rows {
            last = chain_row(connection, chain, last, id, &content)?;
            last_id = id;
            number += 1;
        }
    }
    if number > 0 {
        let head = Head { last, ..Head::EMPTY };
        diesel::insert_into(audit_heads::table).values(head.row(chain.as_str())).execute(connection)?;
    }
    Ok(number)
}

/// Chains an existing row behind `last`.
fn chain_row(
    connection: &mut Connection,
    chain: &Instance,
    last: Point,
    id: i64,
    content: &DecisionRow,
) -> Result<Point, StoreFault> {
    let chain = chain.as_str();
    let link = Link { chain, sequence: last.sequence + 1, previous: last.hash.as_bytes().as_slice() };
    let hash = link.hash_of(content);
    diesel::update(decisions::table.find(id))
        .set((
            decisions::chain.eq(chain),
            decisions::sequence.eq(link.sequence),
            decisions::previous_hash.eq(link.previous),
            decisions::hash.eq(hash.as_bytes().as_slice()),
        ))
        .execute(connection)?;
    Ok(Point { sequence: link.sequence, hash })
}

/// Purges at most `limit` records that were decided before `before`, from the beginning of a chain; returns how many. It stops
/// at the first younger record, so that the rest is a chain without gaps.
pub(in crate::store) fn purge(
    connection: &mut Connection,
    chain: &str,
    before: Timestamp,
    limit: i64,
) -> Result<usize, StoreFault> {
    let oldest = decisions::table
        .filter(decisions::chain.eq(chain))
        .filter(decisions::sequence.is_not_null())
        .order(decisions::sequence)
        .limit(limit)
        .select((
            decisions::id,
            decisions::sequence,
            decisions::hash,
            decisions::changes.is_not_null(),
            decisions::decided_at,
        ))
        .load::<(i64, Option<i64>, Option<Vec<u8>>, bool, String)>(connection)?;
    // Texts compare as instants do: every instant is stored in UTC, with the same number of digits.
    let before = instant_text(before);
    let old = oldest.into_iter().take_while(|(.., decided_at)| *decided_at < before).collect::<Vec<_>>();
    let Some((_, Some(sequence), Some(hash), ..)) = old.last() else {
        return Ok(0);
    };
    // The anchor keeps the hash of the last purged record: the first one left is still checked against it.
    diesel::update(audit_heads::table.find(chain))
        .set((audit_heads::first_sequence.eq(sequence + 1), audit_heads::first_previous_hash.eq(hash)))
        .execute(connection)?;
    let carrying = || old.iter().filter(|(.., carries, _)| *carries);
    if let Some((.., decided_at)) = carrying().max_by_key(|(.., at)| at) {
        // The records of Devices before are no longer known whole.
        let until = DECIDED_AT.instant("decided_at", decided_at)?;
        counter::raise(connection, Counter::PurgedBefore, until.as_millisecond())?;
    }
    let mut last = |counter, id: Option<i64>| id.map_or(Ok(()), |id| counter::raise(connection, counter, id));
    // The feed of changes refuses places before the last of those that are missing, and knows its end by the last of all.
    last(Counter::PurgedDecision, old.iter().map(|(id, ..)| *id).max())?;
    last(Counter::PurgedChange, carrying().map(|(id, ..)| *id).max())?;
    for (id, ..) in &old {
        diesel::delete(decisions::table.find(id)).execute(connection)?;
    }
    Ok(old.len())
}
