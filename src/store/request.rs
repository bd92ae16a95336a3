//! Requests that were answered: the very same message again gets the first answer again (SMI.md 3/6).

use diesel::prelude::*;

use super::{Connection, StoreFault, schema::requests, stored::Table};
use crate::domain::{Now, RequestId, instant_text};

const TABLE: Table = Table("requests");

/// What was received and answered under a RequestID the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// SHA-256 of the bytes received.
    pub digest: [u8; 32],
    /// The bytes answered.
    pub answer: Vec<u8>,
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
    Ok(Some(FirstAnswer { digest, answer }))
}

/// Whether that RequestID was used before.
pub(super) fn is_used(connection: &mut Connection, id: &RequestId) -> Result<bool, StoreFault> {
    let row = requests::table.find(id.to_string()).select(requests::request_id);
    Ok(row.first::<String>(connection).optional()?.is_some())
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
        assert_eq!(found(&temp), Some(FirstAnswer { digest: [7; 32], answer: b"<first/>".to_vec() }));
        let used = temp.store.read(|connection| {
            let other = value(&format!("{}0", ID.trim_end_matches("18446744073709551615")));
            Ok::<_, StoreFault>((is_used(connection, &id)?, is_used(connection, &other)?))
        });
        assert_eq!(used.unwrap(), (true, false));
    }
}
