//! A record of the chain, and the computation of its hash.

use std::{fmt, str::FromStr};

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreFault,
        prepared::{self, BindColumn, Statement},
    },
    hash::{Hash, Hasher},
    store::decision::{DecisionRow, decisions},
};

/// The domain separator, the first field of every hash: what is hashed, and the version of the layout.
const KIND: &str = "smi decision 1";
/// That of a record which carries changes: two more fields.
const KIND_WITH_CHANGES: &str = "smi decision 2";

/// A record with its place in its chain.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub(super) struct ChainedRow {
    #[diesel(embed)]
    pub(super) content: DecisionRow,
    pub(super) chain: Option<String>,
    pub(super) sequence: Option<i64>,
    pub(super) previous_hash: Option<Vec<u8>>,
    pub(super) hash: Option<Vec<u8>>,
    /// Whether its request names it. Not hashed, but verified: a record that no request names would not be found by its RequestID.
    pub(super) is_named: Option<bool>,
}

/// The prepared statement that inserts many records on PostgreSQL: an array a column.
struct InsertRecords;

impl Statement for InsertRecords {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO decisions (request_id, user_id, device_id, service_reference_variant, code, rule, decided_at, \
        steps, changes, changes_after, chain, sequence, previous_hash, hash, is_named) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ")",
    ];
}

/// Inserts records: on SQLite one by one, on PostgreSQL by one statement, as each is a round trip.
pub(super) fn insert(
    connection: &mut Connection,
    rows: impl Iterator<Item = ChainedRow>,
) -> Result<(), StoreFault> {
    match connection {
        Connection::Sqlite(connection) => {
            for row in rows {
                diesel::insert_into(decisions::table).values(row).execute(connection)?;
            }
        }
        Connection::Postgres(connection) => {
            let rows = rows.collect::<Vec<_>>();
            let columns = [
                BindColumn::texts(&rows, |row| Some(&row.content.request_id)),
                BindColumn::texts(&rows, |row| Some(&row.content.user_id)),
                BindColumn::texts(&rows, |row| row.content.device_id.as_deref()),
                BindColumn::texts(&rows, |row| row.content.service_reference_variant.as_deref()),
                BindColumn::texts(&rows, |row| Some(&row.content.code)),
                BindColumn::texts(&rows, |row| row.content.rule.as_deref()),
                BindColumn::texts(&rows, |row| Some(&row.content.decided_at)),
                BindColumn::texts(&rows, |row| Some(&row.content.steps)),
                BindColumn::texts(&rows, |row| row.content.changes.as_deref()),
                BindColumn::numbers(&rows, |row| row.content.changes_after),
                BindColumn::texts(&rows, |row| row.chain.as_deref()),
                BindColumn::numbers(&rows, |row| row.sequence),
                BindColumn::bytes(&rows, |row| row.previous_hash.as_deref()),
                BindColumn::bytes(&rows, |row| row.hash.as_deref()),
                BindColumn::flags(&rows, |row| row.is_named),
            ];
            prepared::run_with_rows::<InsertRecords>(connection, &columns)?;
        }
    }
    Ok(())
}

/// The link of a record: its chain, its number there, and the hash of the record before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    pub(super) chain: &'a str,
    pub(super) sequence: i64,
    pub(super) previous: &'a [u8],
}

impl Link<'_> {
    /// Hashes a record's content together with its link: every column but the row's id, which the database assigns.
    pub(super) fn hash_of(&self, content: &DecisionRow) -> Hash {
        let DecisionRow {
            request_id,
            user_id,
            device_id,
            service_reference_variant,
            code,
            rule,
            decided_at,
            steps,
            changes,
            changes_after,
        } = content;
        // The order and the framing of the fields are documented in `docs/AUDIT.md`: a change of either needs a new `KIND`.
        let carries = changes.as_deref().map(|changes| (changes, changes_after.unwrap_or_default()));
        let mut hasher = Hasher::of(if carries.is_some() { KIND_WITH_CHANGES } else { KIND });
        hasher.bytes(self.chain.as_bytes());
        hasher.number(self.sequence);
        hasher.bytes(self.previous);
        hasher.bytes(request_id.as_bytes());
        hasher.bytes(user_id.as_bytes());
        hasher.optional(device_id.as_deref().map(str::as_bytes));
        hasher.optional(service_reference_variant.as_deref().map(str::as_bytes));
        hasher.bytes(code.as_bytes());
        hasher.optional(rule.as_deref().map(str::as_bytes));
        hasher.bytes(decided_at.as_bytes());
        hasher.bytes(steps.as_bytes());
        if let Some((changes, after)) = carries {
            hasher.bytes(changes.as_bytes());
            hasher.number(after);
        }
        hasher.finish()
    }

    /// The row to insert: content, link and hash, and whether its request names it.
    pub(super) fn row(&self, content: DecisionRow, hash: Hash, is_named: bool) -> ChainedRow {
        ChainedRow {
            content,
            chain: Some(self.chain.to_owned()),
            sequence: Some(self.sequence),
            previous_hash: Some(self.previous.to_vec()),
            hash: Some(hash.as_bytes().to_vec()),
            // NULL, not FALSE: the partial index is of those without a mark.
            is_named: is_named.then_some(true),
        }
    }
}

/// A record of a chain by its number and hash, written `128:ab12...`: what an operator notes elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The number of the record, counted from 1.
    pub sequence: i64,
    /// Its hash.
    pub hash: Hash,
}

/// The parse error of a [`Point`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a point of a chain: the number of a record, `:` and its hash of 64 hex digits")]
pub struct PointFault(String);

impl FromStr for Point {
    type Err = PointFault;

    fn from_str(text: &str) -> Result<Self, PointFault> {
        let fault = || PointFault(text.to_owned());
        let (sequence, hash) = text.split_once(':').ok_or_else(fault)?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0).ok_or_else(fault)?;
        Ok(Self { sequence, hash: hash.parse().map_err(|_| fault())? })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by another program from the description in `docs/AUDIT.md`.
    #[test]
    fn a_known_record_has_its_known_hash() {
        let content = DecisionRow {
            request_id: "r".to_owned(),
            user_id: "u".to_owned(),
            device_id: Some("d".to_owned()),
            service_reference_variant: None,
            code: "E4".to_owned(),
            rule: Some("rule".to_owned()),
            decided_at: "t".to_owned(),
            steps: "[]".to_owned(),
            changes: None,
            changes_after: None,
        };
        let link = Link { chain: "smi", sequence: 1, previous: Hash::ZERO.as_bytes() };
        let known = "cc08a7bcb15c51a001c90dbfa7556e5570f9b8a1cd4e41978a03761dda1d8ad6";
        assert_eq!(link.hash_of(&content).to_string(), known);
        let content = DecisionRow { changes: Some("[]".to_owned()), changes_after: Some(7), ..content };
        assert_eq!(
            link.hash_of(&content).to_string(),
            "d8f5c98df2cceaf0dd6c183bb6a54db9b0aae55c71d7bf522b7ca42aa89b1c04"
        );
    }

    #[test]
    fn a_point_reads_back() {
        let point = Point { sequence: 128, hash: Hasher::plain().finish() };
        assert_eq!(point.to_string().parse(), Ok(point));
        for text in ["", "1", ":", "1:", "1:ab", &format!("-1:{}", point.hash), &format!("x:{}", point.hash)]
        {
            assert!(text.parse::<Point>().is_err(), "{text}");
        }
    }
}
