//! First answers by RequestID: a message that is repeated byte by byte gets the first answer again (SMI.md 3/6).

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
    }
}

const TABLE: Table = Table("requests");

/// What was received and answered under a RequestID the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// SHA-256 of the bytes received.
    pub digest: [u8; 32],
    /// The bytes answered, as long as they are kept.
    pub answer: Option<Vec<u8>>,
}

impl FirstAnswer {
    fn of(digest: Vec<u8>, answer: Vec<u8>) -> Result<Self, StoreFault> {
        let digest = digest.try_into().map_err(|_| TABLE.corrupt("digest", &"it is not 32 bytes long"))?;
        Ok(Self { digest, answer: Some(answer).filter(|answer| !answer.is_empty()) })
    }

    /// What it says of its RequestID to another message, or to the same one once the answer was purged.
    pub const fn use_of(found: Option<&Self>) -> RequestIdUse {
        match found {
            None => RequestIdUse::New,
            Some(Self { answer: Some(_), .. }) => RequestIdUse::ByAnother,
            Some(Self { answer: None, .. }) => RequestIdUse::LongAgo,
        }
    }
}

/// The first answer under that RequestID.
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

/// The first answer under each of these RequestIDs, by one query; none where it is new.
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

/// Whether the answer is still kept: one that was purged is empty. The SQL must be exactly that of the partial index.
fn is_kept() -> SqlLiteral<Bool> {
    sql("length(answer) > 0")
}

/// Purges at most so many answers that were given before that instant; how many. The RequestID and the digest stay for ever: an
/// old message must never be applied again.
pub(super) fn purge(connection: &mut Connection, before: Timestamp, limit: i64) -> Result<usize, StoreFault> {
    let old = requests::table
        .filter(is_kept())
        .filter(requests::received_at.lt(instant_text(before)))
        .order(requests::received_at)
        .limit(limit)
        .select(requests::request_id)
        .load::<String>(connection)?;
    for id in &old {
        let nothing: &[u8] = &[];
        diesel::update(requests::table.find(id)).set(requests::answer.eq(nothing)).execute(connection)?;
    }
    Ok(old.len())
}

/// The first answer under a RequestID, to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswer<'a> {
    /// The RequestID.
    pub id: &'a RequestId,
    /// SHA-256 of the bytes received.
    pub digest: &'a [u8; 32],
    /// The bytes answered.
    pub answer: &'a [u8],
    /// When.
    pub at: Now,
}

#[derive(Insertable)]
#[diesel(table_name = requests, treat_none_as_default_value = false)]
struct AnswerRow<'a> {
    request_id: String,
    digest: &'a [u8],
    answer: &'a [u8],
    received_at: String,
}

impl<'a> From<&NewAnswer<'a>> for AnswerRow<'a> {
    fn from(new: &NewAnswer<'a>) -> Self {
        let NewAnswer { id, digest, answer, at } = *new;
        Self {
            request_id: id.to_string(),
            digest: digest.as_slice(),
            answer,
            received_at: instant_text(at.0),
        }
    }
}

/// The prepared statement that inserts many answers on a server.
struct InsertAnswers;

impl Statement for InsertAnswers {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO requests (request_id, digest, answer, received_at) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ")",
    ];
}

/// Keeps the first answers under these RequestIDs.
///
/// # Errors
/// When one of them was used before, or the database fails.
pub fn remember(connection: &mut Connection, new: &[NewAnswer<'_>]) -> Result<(), StoreFault> {
    let rows = new.iter().map(AnswerRow::from);
    match connection {
        Connection::Sqlite(connection) => {
            for row in rows {
                diesel::insert_into(requests::table).values(row).execute(connection)?;
            }
        }
        Connection::Postgres(connection) => {
            let rows = rows.collect::<Vec<_>>();
            let columns = [
                BindColumn::texts(&rows, |row| Some(&row.request_id)),
                BindColumn::bytes(&rows, |row| Some(row.digest)),
                BindColumn::bytes(&rows, |row| Some(row.answer)),
                BindColumn::texts(&rows, |row| Some(&row.received_at)),
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
    fn the_first_answer_is_found_again_and_kept() {
        let temp = TempStore::new();
        let id: RequestId = value(ID);
        let found = |temp: &TempStore| temp.store.read(|connection| first_answer(connection, &id)).unwrap();
        assert_eq!(found(&temp), None);
        let keep = move |answer: &'static [u8]| {
            move |connection: &mut Connection| {
                let at = now("2026-01-01");
                remember(connection, &[NewAnswer { id: &id, digest: &[7; 32], answer, at }])
            }
        };
        temp.transact(keep(b"<first/>")).unwrap();
        assert!(matches!(temp.transact(keep(b"<second/>")), Err(StoreFault::Database(_))));
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
