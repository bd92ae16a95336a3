//! The outbox as a list for the operator: waiting, parked and delivered messages, and their numbers.

use diesel::prelude::*;

use super::row::{MessageKind, MessageState, TABLE, outbox};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, RequestId, Timestamp},
    metrics::OutboxCount,
    store::{PageRequest, Paged},
};

/// A message as the outbox lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMessage {
    /// Its number in the outbox.
    pub id: i64,
    /// The User it is for.
    pub user: Eui64,
    /// The Device it is about, if it is about one.
    pub device: Option<Eui64>,
    /// The request it answers, if it answers one.
    pub request_id: Option<RequestId>,
    /// Its kind.
    pub kind: MessageKind,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// The number of attempts so far.
    pub attempts: u64,
    /// When the next attempt is due, if it waits.
    pub next_attempt_at: Timestamp,
    /// When its User accepted it.
    pub delivered_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was parked: its User refused it too often, and there are no more attempts.
    pub parked_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct ListedRow {
    id: i64,
    user_id: String,
    device_id: Option<String>,
    request_id: Option<String>,
    kind: String,
    created_at: String,
    attempts: i64,
    next_attempt_at: String,
    delivered_at: Option<String>,
    last_error: Option<String>,
    parked_at: Option<String>,
}

impl TryFrom<ListedRow> for ListedMessage {
    type Error = StoreFault;

    fn try_from(row: ListedRow) -> Result<Self, StoreFault> {
        let ListedRow {
            id,
            user_id,
            device_id,
            request_id,
            kind,
            created_at,
            attempts,
            next_attempt_at,
            delivered_at,
            last_error,
            parked_at,
        } = row;
        Ok(Self {
            id,
            user: TABLE.value("user_id", &user_id)?,
            device: TABLE.optional("device_id", device_id.as_deref())?,
            request_id: TABLE.optional("request_id", request_id.as_deref())?,
            kind: TABLE.value("kind", &kind)?,
            created_at: TABLE.instant("created_at", &created_at)?,
            attempts: attempts.unsigned_abs(),
            next_attempt_at: TABLE.instant("next_attempt_at", &next_attempt_at)?,
            delivered_at: delivered_at.map(|at| TABLE.instant("delivered_at", &at)).transpose()?,
            last_error,
            parked_at: parked_at.map(|at| TABLE.instant("parked_at", &at)).transpose()?,
        })
    }
}

/// Loads a page of the messages, oldest first: of those in that state, or of all.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    state: Option<MessageState>,
    page: PageRequest,
) -> Result<Paged<ListedMessage>, StoreFault> {
    let messages = outbox::table.filter(outbox::id.gt(page.after())).order(outbox::id).limit(page.one_more());
    let messages = messages.select(ListedRow::as_select());
    let is_parked = outbox::parked_at.is_not_null();
    let rows = match state {
        None => messages.load(connection)?,
        Some(MessageState::Parked) => messages.filter(is_parked).load(connection)?,
        Some(MessageState::Delivered) => {
            messages.filter(outbox::delivered_at.is_not_null()).load(connection)?
        }
        Some(MessageState::Waiting) => messages
            .filter(outbox::delivered_at.is_null())
            .filter(outbox::parked_at.is_null())
            .load(connection)?,
    };
    let messages = rows.into_iter().map(|row: ListedRow| Ok((row.id, ListedMessage::try_from(row)?)));
    Ok(Paged::new(messages.collect::<Result<_, StoreFault>>()?, page))
}

/// Finds a message by its number, with its bytes.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<(ListedMessage, Vec<u8>)>, StoreFault> {
    let message = outbox::table.find(id).select((ListedRow::as_select(), outbox::message));
    let found = message.get_result::<(ListedRow, Vec<u8>)>(connection).optional()?;
    found.map(|(row, bytes)| Ok((ListedMessage::try_from(row)?, bytes))).transpose()
}

/// Counts the messages that wait, those of them that failed before, and those that are parked.
///
/// # Errors
/// When the database fails.
pub fn count(connection: &mut Connection) -> Result<OutboxCount, StoreFault> {
    let waiting =
        || outbox::table.filter(outbox::delivered_at.is_null()).filter(outbox::parked_at.is_null()).count();
    let all = waiting().get_result::<i64>(connection)?;
    let failing = waiting().filter(outbox::attempts.gt(0)).get_result::<i64>(connection)?;
    let parked =
        outbox::table.filter(outbox::parked_at.is_not_null()).count().get_result::<i64>(connection)?;
    Ok(OutboxCount {
        waiting: all.unsigned_abs(),
        failing: failing.unsigned_abs(),
        parked: parked.unsigned_abs(),
    })
}
