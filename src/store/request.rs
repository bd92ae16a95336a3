//! Requests that were answered: the very same message again gets the first answer again (SMI.md 3/6).

use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use super::{Connection, StoreFault, schema::requests, stored::Table};
use crate::domain::{Now, RequestId, RequestIdUse, Timestamp, instant_text};

const TABLE: Table = Table("requests");

/// What was received and answered under a RequestID the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// SHA-256 of the bytes received.
    pub digest: [u8; 32],
    /// The bytes answered, as long as they are kept.
    pub answer: Option<Vec<u8>>,
}

/// The first answer under that RequestID.
///
/// # Errors
/// When the database fails.
pub fn first_answer(connection: &mut Connection, id: &RequestId) -> Result<Option<FirstAnswer>, StoreFault> {
    let row = requests::table.find(id.to_string()).select((requests::digest, requests::answer));
    let Some((digest, answer)) = row.first::<(Vec<u8>, Vec<u8>)>(connection).optional()? else {
        return Ok(None);
    };
    let digest = digest.try_into().map_err(|_| TABLE.corrupt("digest", &"it is not 32 bytes long"))?;
    Ok(Some(FirstAnswer { digest, answer: Some(answer).filter(|answer| !answer.is_empty()) }))
}

/// Whether that RequestID was used before.
pub(super) fn use_of(connection: &mut Connection, id: &RequestId) -> Result<RequestIdUse, StoreFault> {
    let row = requests::table.find(id.to_string()).select(is_kept());
    Ok(match row.first::<bool>(connection).optional()? {
        None => RequestIdUse::New,
        Some(true) => RequestIdUse::ByAnother,
        Some(false) => RequestIdUse::LongAgo,
    })
}

/// Whether the answer is still kept: one that was given up is empty. An index is named after exactly this.
fn is_kept() -> SqlLiteral<Bool> {
    sql("length(answer) > 0")
}

/// Gives up at most so many answers that were given before that instant; how many. The RequestID and the digest stay for
/// ever: an old message must never be applied again.
pub(super) fn give_up(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<usize, StoreFault> {
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

/// Keeps the first answer under a RequestID.
///
/// # Errors
/// When the RequestID was used before, or the database fails.
pub fn remember(
    connection: &mut Connection,
    id: &RequestId,
    digest: &[u8; 32],
    answer: &[u8],
    now: Now,
) -> Result<(), StoreFault> {
    diesel::insert_into(requests::table)
        .values((
            requests::request_id.eq(id.to_string()),
            requests::digest.eq(digest.as_slice()),
            requests::answer.eq(answer),
            requests::received_at.eq(instant_text(now.0)),
        ))
        .execute(connection)?;
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
            move |connection: &mut Connection| remember(connection, &id, &[7; 32], answer, now("2026-01-01"))
        };
        temp.transact(keep(b"<first/>")).unwrap();
        assert!(matches!(temp.transact(keep(b"<second/>")), Err(StoreFault::Database(_))));
        assert_eq!(found(&temp), Some(FirstAnswer { digest: [7; 32], answer: Some(b"<first/>".to_vec()) }));
        let used = temp.store.read(|connection| {
            let other = value(&format!("{}0", ID.trim_end_matches("18446744073709551615")));
            Ok::<_, StoreFault>((use_of(connection, &id)?, use_of(connection, &other)?))
        });
        assert_eq!(used.unwrap(), (RequestIdUse::ByAnother, RequestIdUse::New));
    }
}
