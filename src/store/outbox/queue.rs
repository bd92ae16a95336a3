//! The outbox as a queue: messages are put in by the transaction that causes them, and taken when they are due.

use std::time::Duration;

use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use super::row::{MessageKind, TABLE, outbox};
use crate::{
    db::{self, Connection, LockKey, StoreFault},
    domain::{Eui64, Now, RequestId, Timestamp, instant_text},
    store::stored::text,
};

/// The advisory lock of the instance that delivers, held for as long as its session lives. A database file has one instance.
pub const DELIVERY_LOCK: LockKey = LockKey { number: 0x73_6d_69_02, file_suffix: "-delivery" };

/// A message to be delivered.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    /// Whom it is for.
    pub user: Eui64,
    /// The Device it is about, if it is about one.
    pub device: Option<Eui64>,
    /// The request it answers, if it answers one.
    pub request_id: Option<RequestId>,
    /// What it is.
    pub kind: MessageKind,
    /// The signed XML, to the last byte.
    pub message: &'a [u8],
}

/// A message that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMessage {
    /// Its number in the outbox.
    pub id: i64,
    /// Whom it is for.
    pub user: Eui64,
    /// How often it was tried before.
    pub attempts: u64,
    /// The signed XML, to the last byte.
    pub message: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct NewRow<'a> {
    user_id: String,
    device_id: Option<String>,
    request_id: Option<String>,
    kind: &'static str,
    message: &'a [u8],
    created_at: String,
    attempts: i64,
    next_attempt_at: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct DueRow {
    id: i64,
    user_id: String,
    attempts: i64,
    message: Vec<u8>,
}

impl TryFrom<DueRow> for DueMessage {
    type Error = StoreFault;

    fn try_from(row: DueRow) -> Result<Self, StoreFault> {
        let DueRow { id, user_id, attempts, message } = row;
        Ok(Self { id, user: TABLE.value("user_id", &user_id)?, attempts: attempts.unsigned_abs(), message })
    }
}

/// More than the longest backoff. A message that is due later was put off when the clock was ahead; it is due at once, or it would
/// wait until the clock gets there again.
const NO_WAIT: Duration = Duration::from_secs(16 * 60);

/// Puts a message into the outbox, due at once. It is delivered after the transaction was committed, never before.
///
/// # Errors
/// When the database fails.
pub fn enqueue(connection: &mut Connection, new: NewMessage<'_>, now: Now) -> Result<(), StoreFault> {
    let NewMessage { user, device, request_id, kind, message } = new;
    let now = instant_text(now.0);
    let row = NewRow {
        user_id: user.to_string(),
        device_id: text(device.as_ref()),
        request_id: text(request_id.as_ref()),
        kind: kind.as_str(),
        message,
        created_at: now.clone(),
        attempts: 0,
        next_attempt_at: now,
    };
    diesel::insert_into(outbox::table).values(row).execute(connection)?;
    db::signal_on_commit();
    Ok(())
}

/// Whether a message is the first of its queue: the oldest undelivered to its User about its Device.
fn is_first_of_its_device() -> SqlLiteral<Bool> {
    sql("NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.delivered_at IS NULL \
        AND older.user_id = outbox.user_id AND older.device_id IS NOT DISTINCT FROM outbox.device_id \
        AND older.id < outbox.id)")
}

/// At most so many messages that are due, the oldest first; none for the Users in `except`.
///
/// # Errors
/// When the database fails.
pub fn due(
    connection: &mut Connection,
    now: Now,
    except: &[Eui64],
    limit: usize,
) -> Result<Vec<DueMessage>, StoreFault> {
    let off = now.0.saturating_add(NO_WAIT).unwrap_or(now.0);
    let rows = outbox::table
        .filter(outbox::delivered_at.is_null())
        .filter(
            outbox::next_attempt_at.le(instant_text(now.0)).or(outbox::next_attempt_at.gt(instant_text(off))),
        )
        .filter(outbox::user_id.ne_all(except.iter().map(ToString::to_string)))
        .filter(is_first_of_its_device())
        .order((outbox::next_attempt_at, outbox::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(DueRow::as_select())
        .load(connection)?;
    rows.into_iter().map(DueMessage::try_from).collect()
}

/// When the next message is due; those for the Users in `except` do not count.
///
/// # Errors
/// When the database fails.
pub fn next_due(connection: &mut Connection, except: &[Eui64]) -> Result<Option<Timestamp>, StoreFault> {
    let next = outbox::table
        .filter(outbox::delivered_at.is_null())
        .filter(outbox::user_id.ne_all(except.iter().map(ToString::to_string)))
        .filter(is_first_of_its_device())
        .order(outbox::next_attempt_at)
        .select(outbox::next_attempt_at)
        .first::<String>(connection)
        .optional()?;
    next.map(|next| TABLE.instant("next_attempt_at", &next)).transpose()
}

/// Marks a message as delivered: its User accepted it.
///
/// # Errors
/// When the database fails.
pub fn delivered(connection: &mut Connection, id: i64, now: Now) -> Result<(), StoreFault> {
    let change = (
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::delivered_at.eq(instant_text(now.0)),
        outbox::last_error.eq(None::<String>),
    );
    diesel::update(outbox::table.find(id)).set(change).execute(connection)?;
    Ok(())
}

/// Keeps a failed attempt and when the next one is due. The messages queued behind it get the same time, so that the query for due
/// messages reads none that would be blocked.
///
/// # Errors
/// When the database fails.
pub fn failed(connection: &mut Connection, id: i64, reason: &str, next: Timestamp) -> Result<(), StoreFault> {
    let change = (outbox::attempts.eq(outbox::attempts + 1), outbox::last_error.eq(reason));
    diesel::update(outbox::table.find(id)).set(change).execute(connection)?;
    let (user, device) =
        outbox::table
            .find(id)
            .select((outbox::user_id, outbox::device_id))
            .first::<(String, Option<String>)>(connection)?;
    let next = instant_text(next);
    let behind = outbox::table
        .filter(outbox::delivered_at.is_null())
        .filter(outbox::next_attempt_at.lt(next.clone()))
        .filter(outbox::user_id.eq(user));
    let next = outbox::next_attempt_at.eq(next);
    match device {
        Some(device) => {
            diesel::update(behind.filter(outbox::device_id.eq(device))).set(next).execute(connection)?
        }
        None => diesel::update(behind.filter(outbox::device_id.is_null())).set(next).execute(connection)?,
    };
    Ok(())
}

/// Purges at most so many messages that were delivered before that instant; how many.
pub(in crate::store) fn purge(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<usize, StoreFault> {
    let old = outbox::table
        .filter(outbox::delivered_at.is_not_null())
        .filter(outbox::delivered_at.lt(instant_text(before)))
        .order(outbox::delivered_at)
        .limit(limit)
        .select(outbox::id)
        .load::<i64>(connection)?;
    for id in &old {
        diesel::delete(outbox::table.find(id)).execute(connection)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metrics::OutboxCount,
        store::{
            outbox::{count, list},
            testing::{TempStore, device_id, now, user_id},
        },
    };

    const START: &str = "2026-01-01";

    fn put(temp: &TempStore, user: u8, device: Option<u8>, text: &'static str) {
        temp.transact(move |connection| {
            let new = NewMessage {
                user: user_id(user),
                device: device.map(device_id),
                request_id: None,
                kind: MessageKind::Response,
                message: text.as_bytes(),
            };
            enqueue(connection, new, now(START))
        })
        .unwrap();
    }

    fn due_texts(temp: &TempStore, at: &str, except: &[Eui64], limit: usize) -> Vec<String> {
        let due = temp.store.read(|connection| due(connection, now(at), except, limit)).unwrap();
        due.into_iter().map(|due| String::from_utf8(due.message).unwrap()).collect()
    }

    #[test]
    fn a_device_has_its_messages_in_order_and_waits_for_nobody_else() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "1 about 1");
        put(&temp, 1, Some(1), "1 about 1 again");
        put(&temp, 1, Some(2), "1 about 2");
        put(&temp, 2, Some(1), "2 about 1");
        put(&temp, 1, None, "1 about none");
        put(&temp, 1, None, "1 about none again");
        put(&temp, 2, None, "2 about none");
        let first = ["1 about 1", "1 about 2", "2 about 1", "1 about none", "2 about none"];
        assert_eq!(due_texts(&temp, START, &[], 10), first);
        assert_eq!(due_texts(&temp, START, &[], 2), first[..2]);
        assert_eq!(due_texts(&temp, START, &[user_id(1)], 10), ["2 about 1", "2 about none"]);
        assert!(due_texts(&temp, "2025-12-31T23:59:59Z", &[], 10).is_empty());
        temp.transact(|connection| delivered(connection, 1, now(START))).unwrap();
        assert_eq!(due_texts(&temp, START, &[user_id(2)], 1), ["1 about 1 again"]);
    }

    #[test]
    fn a_failure_is_kept_and_holds_up_its_device_until_the_next_attempt() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "first");
        put(&temp, 1, Some(1), "second");
        put(&temp, 2, Some(1), "for another");
        let next = now("2026-01-01T00:00:01Z").0;
        temp.transact(move |connection| failed(connection, 1, "HTTP 500", next)).unwrap();
        assert_eq!(due_texts(&temp, START, &[], 10), ["for another"]);
        temp.transact(|connection| delivered(connection, 3, now(START))).unwrap();
        let next_due = |except: &[Eui64]| temp.store.read(|connection| next_due(connection, except)).unwrap();
        assert_eq!((next_due(&[]), next_due(&[user_id(1)])), (Some(next), None));
        assert_eq!(due_texts(&temp, "2026-01-01T00:00:01Z", &[], 10), ["first"]);
        let listed = temp.store.read(|connection| list(connection, 10)).unwrap();
        assert_eq!((listed[0].attempts, listed[0].last_error.as_deref()), (1, Some("HTTP 500")));
        let counted = temp.store.read(count).unwrap();
        assert_eq!(counted, OutboxCount { waiting: 2, failing: 1 });
        temp.transact(|connection| delivered(connection, 1, now("2026-01-02"))).unwrap();
        let listed = temp.store.read(|connection| list(connection, 10)).unwrap();
        assert_eq!(listed.iter().map(|message| message.id).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!((listed[0].attempts, listed[0].next_attempt_at), (0, next));
        assert_eq!((listed[2].delivered_at, listed[2].attempts), (Some(now("2026-01-02").0), 2));
    }

    #[test]
    fn a_message_sends_the_signal_and_nothing_else_does() {
        let temp = TempStore::new();
        put(&temp, 1, None, "one");
        temp.store.outbox_signal().wait(Duration::from_secs(3_600));
        let queued = temp.transact(|connection| {
            delivered(connection, 1, now(START))?;
            Ok(db::take_signal())
        });
        assert!(!queued.unwrap());
    }
}
