//! First answers by RequestID, for idempotent retries: a message with the same bytes gets its first answer again (SMI.md 3/6).

use std::collections::HashMap;

use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use super::{stored::Table, table::stored_table};
use crate::{
    db::{
        Connection, StoreFault, on_either,
        prepared::{self, BindColumn, Statement},
    },
    domain::{Now, RequestId, RequestIdUse, Timestamp, instant_text},
};

stored_table! {
    requests (request_id) {
        request_id -> Text,
        digest -> Binary,
        answer -> Binary,
        received_at -> Text,
        chain -> Nullable<Text>,
        sequence -> Nullable<BigInt>,
    }
}

const TABLE: Table = Table("requests");

/// The first message under a RequestID, as a digest, and the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// SHA-256 of the bytes received.
    pub digest: [u8; 32],
    /// The bytes of the answer; none after they were purged.
    pub answer: Option<Vec<u8>>,
}

impl FirstAnswer {
    fn of(digest: Vec<u8>, answer: Vec<u8>) -> Result<Self, StoreFault> {
        let digest = digest.try_into().map_err(|_| TABLE.corrupt("digest", &"it is not 32 bytes long"))?;
        Ok(Self { digest, answer: Some(answer).filter(|answer| !answer.is_empty()) })
    }

    /// How the RequestID was used, as far as it matters to a message that cannot get the stored answer: another message, or the
    /// same one after the answer was purged.
    pub const fn use_of(found: Option<&Self>) -> RequestIdUse {
        match found {
            None => RequestIdUse::New,
            Some(Self { answer: Some(_), .. }) => RequestIdUse::ByAnother,
            Some(Self { answer: None, .. }) => RequestIdUse::LongAgo,
        }
    }
}

/// Loads the first answer under a RequestID.
///
/// # Errors
/// When the database fails.
pub fn first_answer(connection: &mut Connection, id: &RequestId) -> Result<Option<FirstAnswer>, StoreFault> {
    let row = requests::table.find(id.to_string()).select((requests::digest, requests::answer));
    let found = on_either!(connection, |inner| row.get_result::<(Vec<u8>, Vec<u8>)>(inner));
    let Some((digest, answer)) = found.optional()? else {
        return Ok(None);
    };
    FirstAnswer::of(digest, answer).map(Some)
}

/// Loads the first answers under these RequestIDs by one query; none for one that is new, so that this can be cached too.
pub(super) fn first_answers(
    connection: &mut Connection,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, Option<FirstAnswer>>, StoreFault> {
    let names = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = requests::table.filter(requests::request_id.eq_any(names));
        rows.select((requests::request_id, requests::digest, requests::answer)).load(inner)
    });
    let mut found = ids.iter().map(|id| (*id, None)).collect::<HashMap<_, _>>();
    for (id, digest, answer) in rows? {
        let id: String = id;
        found.insert(TABLE.value("request_id", &id)?, Some(FirstAnswer::of(digest, answer)?));
    }
    Ok(found)
}

/// Whether the answer is still stored: a purged answer is empty. The partial index is used only while the SQL is exactly its own.
fn is_kept() -> SqlLiteral<Bool> {
    sql("length(answer) > 0")
}

/// Purges at most `limit` answers that were given before that instant, and returns how many. The RequestID and the digest are never
/// purged: an old message must not be applied again.
pub(super) fn purge(connection: &mut Connection, before: Timestamp, limit: i64) -> Result<usize, StoreFault> {
    let old = requests::table
        .filter(is_kept())
        .filter(requests::received_at.lt(instant_text(before)))
        .order(requests::received_at)
        .limit(limit)
        .select(requests::request_id)
        .load::<String>(connection)?;
    for id in &old {
        // The column is NOT NULL, so an empty answer is the mark of a purged one.
        let nothing: &[u8] = &[];
        diesel::update(requests::table.find(id)).set(requests::answer.eq(nothing)).execute(connection)?;
    }
    Ok(old.len())
}

/// A first answer to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswer<'a> {
    /// The RequestID.
    pub id: &'a RequestId,
    /// SHA-256 of the bytes received.
    pub digest: &'a [u8; 32],
    /// The bytes of the answer.
    pub answer: &'a [u8],
    /// When the message was received.
    pub at: Now,
}

/// The place of a decision in its chain, by which its request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DecisionPlace {
    /// The chain.
    pub(super) chain: String,
    /// The number of its record.
    pub(super) sequence: i64,
}

/// The decisions that requests are to name.
pub(super) type NamedDecisions = HashMap<RequestId, DecisionPlace>;

#[derive(Insertable)]
#[diesel(table_name = requests, treat_none_as_default_value = false)]
struct AnswerRow<'a> {
    request_id: String,
    digest: &'a [u8],
    answer: &'a [u8],
    received_at: String,
    chain: Option<&'a str>,
    sequence: Option<i64>,
}

impl<'a> AnswerRow<'a> {
    fn new(new: &NewAnswer<'a>, named: &'a NamedDecisions) -> Self {
        let NewAnswer { id, digest, answer, at } = *new;
        let decision = named.get(id);
        Self {
            request_id: id.to_string(),
            digest: digest.as_slice(),
            answer,
            received_at: instant_text(at.0),
            chain: decision.map(|place| place.chain.as_str()),
            sequence: decision.map(|place| place.sequence),
        }
    }
}

/// The prepared statement that inserts many answers on a server.
struct InsertAnswers;

impl Statement for InsertAnswers {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO requests (request_id, digest, answer, received_at, chain, sequence) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ")",
    ];
}

/// Stores the first answers under these RequestIDs. The primary key refuses a second answer.
///
/// # Errors
/// When one of them was used before, or the database fails.
pub fn insert_first_answers(connection: &mut Connection, new: &[NewAnswer<'_>]) -> Result<(), StoreFault> {
    insert_naming(connection, new, &NamedDecisions::new())
}

/// Stores first answers with the decisions that they tell of.
pub(super) fn insert_naming(
    connection: &mut Connection,
    new: &[NewAnswer<'_>],
    named: &NamedDecisions,
) -> Result<(), StoreFault> {
    let rows = new.iter().map(|new| AnswerRow::new(new, named));
    match connection {
        Connection::Sqlite(connection) => {
            // Row by row: the statement stays prepared, and no call is a round trip.
            for row in rows {
                diesel::insert_into(requests::table).values(row).execute(connection)?;
            }
        }
        Connection::Postgres(connection) => {
            // One round trip for all rows, by a statement that is the same for any number of them.
            let rows = rows.collect::<Vec<_>>();
            let columns = [
                BindColumn::texts(&rows, |row| Some(&row.request_id)),
                BindColumn::bytes(&rows, |row| Some(row.digest)),
                BindColumn::bytes(&rows, |row| Some(row.answer)),
                BindColumn::texts(&rows, |row| Some(&row.received_at)),
                BindColumn::texts(&rows, |row| row.chain),
                BindColumn::numbers(&rows, |row| row.sequence),
            ];
            prepared::run_with_rows::<InsertAnswers>(connection, &columns)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, now, value};

    const ID: &str = "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:18446744073709551615";

    #[test]
    fn the_first_answer_is_stored_and_never_replaced() {
        let temp = TempStore::new();
        let id: RequestId = value(ID);
        let found = |temp: &TempStore| temp.store.read(|connection| first_answer(connection, &id)).unwrap();
        assert_eq!(found(&temp), None);
        let store = move |answer: &'static [u8]| {
            move |connection: &mut Connection| {
                let at = now("2026-01-01");
                insert_first_answers(connection, &[NewAnswer { id: &id, digest: &[7; 32], answer, at }])
            }
        };
        temp.transact(store(b"<first/>")).unwrap();
        assert!(matches!(temp.transact(store(b"<second/>")), Err(StoreFault::Database(_))));
        assert_eq!(found(&temp), Some(FirstAnswer { digest: [7; 32], answer: Some(b"<first/>".to_vec()) }));
        let used = temp.store.read(|connection| {
            let other = value(&format!("{}0", ID.trim_end_matches("18446744073709551615")));
            let mut use_of =
                |id| first_answer(connection, id).map(|found| FirstAnswer::use_of(found.as_ref()));
            Ok::<_, StoreFault>((use_of(&id)?, use_of(&other)?))
        });
        assert_eq!(used.unwrap(), (RequestIdUse::ByAnother, RequestIdUse::New));
    }
}
