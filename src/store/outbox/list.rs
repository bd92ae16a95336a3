//! The outbox as a list for the operator: waiting, parked and delivered messages, and their numbers.

use diesel::prelude::*;

use super::{
    acts::{self, OutboxAct},
    row::{MessageKind, MessageState, TABLE, outbox},
};
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
    /// How it was given up, if it was.
    pub given_up: Option<OutboxAct>,
}

impl ListedMessage {
    /// Its state.
    pub const fn state(&self) -> MessageState {
        match (&self.delivered_at, &self.given_up, &self.parked_at) {
            (Some(_), _, _) => MessageState::Delivered,
            (None, Some(_), _) => MessageState::GivenUp,
            (None, None, Some(_)) => MessageState::Parked,
            (None, None, None) => MessageState::Waiting,
        }
    }
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
    given_up_at: Option<String>,
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
            given_up_at: _,
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
            given_up: None,
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
    let is_open = outbox::delivered_at.is_null();
    let is_parked = is_open.and(outbox::parked_at.is_not_null()).and(outbox::given_up_at.is_null());
    let rows = match state {
        None => messages.load(connection)?,
        Some(MessageState::Parked) => messages.filter(is_parked).load(connection)?,
        Some(MessageState::Delivered) => {
            messages.filter(outbox::delivered_at.is_not_null()).load(connection)?
        }
        Some(state @ (MessageState::Waiting | MessageState::GivenUp)) => {
            let ids = ids_by_index(connection, state == MessageState::GivenUp, page)?;
            let rows = outbox::table.filter(outbox::id.eq_any(ids)).order(outbox::id);
            rows.select(ListedRow::as_select()).load(connection)?
        }
    };
    let messages = listed(connection, rows)?.into_iter().map(|message| (message.id, message));
    Ok(Paged::new(messages.collect(), page))
}

/// Finds the numbers of a page of the messages that wait, or were given up. Their indexes are in another order than that of numbers. A plain
/// order by number would make the planner walk all messages in that order, and pass every one that was delivered: `id + 0` hides it.
fn ids_by_index(
    connection: &mut Connection,
    is_given_up: bool,
    page: PageRequest,
) -> Result<Vec<i64>, StoreFault> {
    let number = || outbox::id + 0_i64;
    let open = outbox::table.filter(outbox::delivered_at.is_null()).filter(number().gt(page.after()));
    let open = open.order(number()).limit(page.one_more()).select(outbox::id);
    Ok(if is_given_up {
        open.filter(outbox::given_up_at.is_not_null()).load(connection)?
    } else {
        open.filter(outbox::parked_at.is_null()).load(connection)?
    })
}

/// The messages of these rows, with how they were given up.
fn listed(connection: &mut Connection, rows: Vec<ListedRow>) -> Result<Vec<ListedMessage>, StoreFault> {
    let given_up = rows.iter().filter(|row| row.given_up_at.is_some()).map(|row| row.id).collect::<Vec<_>>();
    let mut give_ups = acts::give_ups(connection, &given_up)?;
    let with_act = |row: ListedRow| {
        let given_up = give_ups.remove(&row.id);
        Ok(ListedMessage { given_up, ..ListedMessage::try_from(row)? })
    };
    rows.into_iter().map(with_act).collect()
}

/// Finds a message by its number, with its bytes.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<(ListedMessage, Vec<u8>)>, StoreFault> {
    let message = outbox::table.find(id).select((ListedRow::as_select(), outbox::message));
    let found = message.get_result::<(ListedRow, Vec<u8>)>(connection).optional()?;
    let Some((row, bytes)) = found else { return Ok(None) };
    Ok(listed(connection, vec![row])?.pop().map(|message| (message, bytes)))
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
    let parked = outbox::table.filter(outbox::parked_at.is_not_null()).filter(outbox::given_up_at.is_null());
    let parked = parked.count().get_result::<i64>(connection)?;
    Ok(OutboxCount {
        waiting: all.unsigned_abs(),
        failing: failing.unsigned_abs(),
        parked: parked.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, query_plan_without_scans};

    #[test]
    fn messages_that_wait_or_were_given_up_are_found_by_their_index() {
        let temp = TempStore::new();
        for (filter, index) in
            [("parked_at IS NULL", "outbox_waiting"), ("given_up_at IS NOT NULL", "outbox_given_up")]
        {
            let query = format!(
                "SELECT id FROM outbox WHERE delivered_at IS NULL AND id + 0 > 5 AND {filter} ORDER BY id + 0 LIMIT 51"
            );
            let plan = temp
                .store
                .read(|connection| Ok::<_, StoreFault>(query_plan_without_scans(connection, &query)));
            let plan = plan.unwrap();
            assert!(plan.iter().any(|line| line.contains(index)), "{filter}: {plan:#?}");
        }
    }
}
