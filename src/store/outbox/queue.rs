//! The queues of the outbox, one for each User and Device. A message is enqueued by the transaction that causes it, and leaves its
//! queue when it is delivered or parked. The first message of a queue is its head: only heads can be due.
//!
//! Heads are marked in a column (`is_head`) with an index, so that a search for due messages reads heads alone, however long the
//! queues are. Each change here keeps the invariant: a queue that is not empty has exactly one head, its oldest message.

use diesel::prelude::*;

use super::{
    acts::{self, ActOutcome, MessageAct, Unfit},
    list,
    row::{MessageKind, outbox},
};
use crate::{
    db::{
        self, Connection, LockKey, StoreFault,
        prepared::{self, BindValue, Statement},
    },
    domain::{ActReason, Eui64, Now, RequestId, Timestamp, instant_text},
};

/// The advisory lock of the instance that delivers, held as long as it does: two would deliver messages twice and out of order.
pub const DELIVERY_LOCK: LockKey = LockKey { number: 0x73_6d_69_02, file_suffix: "-delivery" };

/// The number of refusals after which a message is parked.
const MAX_REFUSALS: i64 = 3;

/// A message to be delivered.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    /// The User it is for.
    pub user: Eui64,
    /// The Device it is about, if it is about one.
    pub device: Option<Eui64>,
    /// The request it answers, if it answers one.
    pub request_id: Option<RequestId>,
    /// Its kind.
    pub kind: MessageKind,
    /// The signed XML, to the last byte.
    pub message: &'a [u8],
}

/// The prepared statement that inserts a message, as the head where its queue is empty.
struct InsertMessage;

impl Statement for InsertMessage {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO outbox (user_id, device_id, request_id, kind, message, created_at, next_attempt_at, attempts, is_head) \
        VALUES (",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", 0, NOT EXISTS (SELECT 1 FROM outbox WHERE delivered_at IS NULL AND parked_at IS NULL AND user_id = ",
        " AND COALESCE(device_id, '') = ",
        "))",
    ];
}

/// Enqueues a message: it is due at once, or after the messages before it in its queue. It is delivered only after the transaction
/// was committed.
///
/// # Errors
/// When the database fails.
pub fn enqueue(connection: &mut Connection, new: NewMessage<'_>, now: Now) -> Result<(), StoreFault> {
    let NewMessage { user, device, request_id, kind, message } = new;
    let (now, user) = (instant_text(now.0), user.to_string());
    let device = device.map(|device| device.to_string());
    let request_id = request_id.map(|id| id.to_string());
    let values = [
        BindValue::Text(&user),
        BindValue::Optional(device.as_deref()),
        BindValue::Optional(request_id.as_deref()),
        BindValue::Text(kind.as_str()),
        BindValue::Bytes(message),
        BindValue::Text(&now),
        BindValue::Text(&now),
        BindValue::Text(&user),
        BindValue::Text(device.as_deref().unwrap_or_default()),
    ];
    prepared::run::<InsertMessage>(connection, &values)?;
    db::signal_on_commit();
    Ok(())
}

/// The key of a queue: its User, and the Device it is about, empty where it is about none. SQL compares it with
/// `COALESCE(device_id, '')`, the expression of the index: NULL would equal nothing.
struct QueueKey {
    user: String,
    device: String,
}

impl QueueKey {
    /// Loads the key of a message's queue; none where there is no such message.
    fn of_message(connection: &mut Connection, id: i64) -> Result<Option<Self>, StoreFault> {
        let columns = outbox::table.find(id).select((outbox::user_id, outbox::device_id));
        let columns = columns.get_result::<(String, Option<String>)>(connection).optional()?;
        Ok(columns.map(|(user, device)| Self { user, device: device.unwrap_or_default() }))
    }

    fn values(&self) -> [BindValue<'_>; 2] {
        [BindValue::Text(&self.user), BindValue::Text(&self.device)]
    }
}

/// The prepared statement that makes the oldest message of a queue its head.
struct PromoteOldest;

impl Statement for PromoteOldest {
    const TEXT: &'static [&'static str] = &[
        "UPDATE outbox SET is_head = TRUE WHERE id = (SELECT id FROM outbox \
        WHERE delivered_at IS NULL AND parked_at IS NULL AND user_id = ",
        " AND COALESCE(device_id, '') = ",
        " ORDER BY id LIMIT 1)",
    ];
}

/// Makes the next message of a queue its head, after this one has left it.
fn promote_next(connection: &mut Connection, id: i64) -> Result<(), StoreFault> {
    diesel::update(outbox::table.find(id)).set(outbox::is_head.eq(false)).execute(connection)?;
    if let Some(queue) = QueueKey::of_message(connection, id)? {
        prepared::run::<PromoteOldest>(connection, &queue.values())?;
    }
    Ok(())
}

/// Marks a message as delivered: its User accepted it.
///
/// # Errors
/// When the database fails.
pub fn mark_delivered(connection: &mut Connection, id: i64, now: Now) -> Result<(), StoreFault> {
    let change = (
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::delivered_at.eq(instant_text(now.0)),
        outbox::last_error.eq(None::<String>),
    );
    // First, as the next head is the oldest message that is neither delivered nor parked.
    diesel::update(outbox::table.find(id)).set(change).execute(connection)?;
    promote_next(connection, id)
}

/// Records a failed attempt, and when the next one is due. The message stays the head, so those behind it wait.
///
/// # Errors
/// When the database fails.
pub fn mark_failed(
    connection: &mut Connection,
    id: i64,
    reason: &str,
    next: Timestamp,
) -> Result<(), StoreFault> {
    let change = (
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::last_error.eq(reason),
        outbox::next_attempt_at.eq(instant_text(next)),
    );
    diesel::update(outbox::table.find(id)).set(change).execute(connection)?;
    Ok(())
}

/// Records that the User refused a message, and when the next attempt is due. After three it is parked instead, and the
/// next message of its queue becomes the head. Returns whether it was parked.
///
/// # Errors
/// When the database fails.
pub fn mark_refused(
    connection: &mut Connection,
    id: i64,
    reason: &str,
    next: Timestamp,
    now: Now,
) -> Result<bool, StoreFault> {
    mark_failed(connection, id, reason, next)?;
    // NULL until the first refusal.
    let before = outbox::table.find(id).select(outbox::refusals);
    let before = before.get_result::<Option<i64>>(connection).optional()?.flatten();
    let refusals = before.unwrap_or_default() + 1;
    diesel::update(outbox::table.find(id)).set(outbox::refusals.eq(refusals)).execute(connection)?;
    if refusals < MAX_REFUSALS {
        return Ok(false);
    }
    let parked_at = outbox::parked_at.eq(instant_text(now.0));
    diesel::update(outbox::table.find(id)).set(parked_at).execute(connection)?;
    promote_next(connection, id)?;
    Ok(true)
}

/// The prepared statement that clears the mark of a queue's head.
struct DemoteHead;

impl Statement for DemoteHead {
    const TEXT: &'static [&'static str] = &[
        "UPDATE outbox SET is_head = FALSE WHERE is_head AND user_id = ",
        " AND COALESCE(device_id, '') = ",
        "",
    ];
}

/// Puts a parked message back into its queue, in the order of its number, due at once.
///
/// # Errors
/// When the database fails.
pub fn resend(
    connection: &mut Connection,
    id: i64,
    by: Option<&str>,
    now: Now,
) -> Result<ActOutcome, StoreFault> {
    let Some(queue) = QueueKey::of_message(connection, id)? else { return Ok(ActOutcome::Unknown) };
    let change = (
        outbox::parked_at.eq(None::<String>),
        outbox::refusals.eq(0),
        outbox::next_attempt_at.eq(instant_text(now.0)),
    );
    let parked = outbox::table.find(id).filter(outbox::parked_at.is_not_null());
    if diesel::update(parked.filter(outbox::given_up_at.is_null())).set(change).execute(connection)? == 0 {
        return unfit(connection, id);
    }
    acts::record(connection, id, MessageAct::SendAgain, by, None, now)?;
    // The message may be older than the head that the queue got when it was parked.
    prepared::run::<DemoteHead>(connection, &queue.values())?;
    prepared::run::<PromoteOldest>(connection, &queue.values())?;
    db::signal_on_commit();
    Ok(ActOutcome::Done)
}

/// Gives up a message that waits or is parked: it is never sent again, and holds up nothing. One that is on its way at that moment may
/// be delivered all the same.
///
/// # Errors
/// When the database fails.
pub fn abandon(
    connection: &mut Connection,
    id: i64,
    by: &str,
    reason: &ActReason,
    now: Now,
) -> Result<ActOutcome, StoreFault> {
    let at = instant_text(now.0);
    let open = outbox::table.find(id).filter(outbox::delivered_at.is_null());
    let given_up = outbox::given_up_at.eq(&at);
    let changed =
        diesel::update(open.filter(outbox::given_up_at.is_null())).set(given_up).execute(connection)?;
    if changed == 0 {
        return unfit(connection, id);
    }
    acts::record(connection, id, MessageAct::GiveUp, Some(by), Some(reason.as_str()), now)?;
    let waiting = outbox::table.find(id).filter(outbox::parked_at.is_null());
    if diesel::update(waiting).set(outbox::parked_at.eq(&at)).execute(connection)? > 0 {
        promote_next(connection, id)?;
        db::signal_on_commit();
    }
    Ok(ActOutcome::Done)
}

/// What an act finds that does not fit.
fn unfit(connection: &mut Connection, id: i64) -> Result<ActOutcome, StoreFault> {
    let Some((message, _)) = list::find(connection, id)? else { return Ok(ActOutcome::Unknown) };
    let last = acts::of_message(connection, id)?.pop();
    Ok(ActOutcome::Unfit(Unfit { state: message.state(), delivered_at: message.delivered_at, last }))
}

/// Marks the head of each queue after a restore: backups of older versions do not have the marks.
pub(in crate::store) fn assign_heads(connection: &mut Connection) -> Result<(), StoreFault> {
    let heads = "UPDATE outbox SET is_head = TRUE WHERE delivered_at IS NULL AND parked_at IS NULL AND NOT EXISTS (\
        SELECT 1 FROM outbox AS older WHERE older.delivered_at IS NULL AND older.parked_at IS NULL \
        AND older.user_id = outbox.user_id AND COALESCE(older.device_id, '') = COALESCE(outbox.device_id, '') \
        AND older.id < outbox.id)";
    diesel::sql_query(heads).execute(connection)?;
    Ok(())
}

/// Purges at most `limit` messages that were delivered or given up before that instant, oldest first, with what operators did about
/// them. Returns how many.
pub(in crate::store) fn purge(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<usize, StoreFault> {
    let before = instant_text(before);
    let delivered = outbox::table
        .filter(outbox::delivered_at.is_not_null())
        .filter(outbox::delivered_at.lt(&before))
        .order(outbox::delivered_at)
        .limit(limit)
        .select(outbox::id)
        .load::<i64>(connection)?;
    let left = limit - i64::try_from(delivered.len()).unwrap_or(limit);
    let given_up = outbox::table
        .filter(outbox::given_up_at.is_not_null())
        .filter(outbox::given_up_at.lt(&before))
        .filter(outbox::delivered_at.is_null())
        .order(outbox::given_up_at)
        .limit(left)
        .select(outbox::id)
        .load::<i64>(connection)?;
    // By number, as SQLite has no LIMIT in a DELETE.
    for id in delivered.iter().chain(&given_up) {
        acts::purge(connection, *id)?;
        diesel::delete(outbox::table.find(id)).execute(connection)?;
    }
    Ok(delivered.len() + given_up.len())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        metrics::OutboxCount,
        store::{
            PageRequest,
            outbox::{ListedMessage, MessageState, OutboxAct, count, page, schedule},
            testing::{TempStore, device_id, now, user_id, value},
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

    fn all(temp: &TempStore) -> Vec<ListedMessage> {
        temp.store.read(|connection| page(connection, None, PageRequest::first(10))).unwrap().rows
    }

    fn due_texts(temp: &TempStore, at: &str, except: &[Eui64], limit: usize) -> Vec<String> {
        let found = temp.store.read(|connection| schedule(connection, now(at), except, limit)).unwrap();
        found.due.into_iter().map(|due| String::from_utf8(due.message).unwrap()).collect()
    }

    fn next(temp: &TempStore, except: &[Eui64]) -> Option<Timestamp> {
        temp.store.read(|connection| schedule(connection, now(START), except, 0)).unwrap().next
    }

    fn deliver(temp: &TempStore, id: i64) {
        temp.transact(move |connection| mark_delivered(connection, id, now("2026-01-02"))).unwrap();
    }

    /// Refuses a message; returns whether that parked it.
    fn refuse(temp: &TempStore, id: i64) -> bool {
        let (next, now) = (now("2026-01-01T00:00:01Z").0, now(START));
        temp.transact(move |connection| mark_refused(connection, id, "HTTP 400", next, now)).unwrap()
    }

    #[test]
    fn a_user_has_one_message_due_and_those_of_a_device_in_order() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "1 about 1");
        put(&temp, 1, Some(1), "1 about 1 again");
        put(&temp, 1, Some(2), "1 about 2");
        put(&temp, 2, Some(1), "2 about 1");
        put(&temp, 1, None, "1 about none");
        put(&temp, 1, None, "1 about none again");
        assert_eq!(due_texts(&temp, START, &[], 10), ["1 about 1", "2 about 1"]);
        assert_eq!(due_texts(&temp, START, &[], 1), ["1 about 1"]);
        assert_eq!(due_texts(&temp, START, &[user_id(1)], 10), ["2 about 1"]);
        assert!(due_texts(&temp, "2025-12-31T23:59:59Z", &[], 10).is_empty());
        for (id, then) in
            [(1, "1 about 1 again"), (2, "1 about 2"), (3, "1 about none"), (5, "1 about none again")]
        {
            deliver(&temp, id);
            assert_eq!(due_texts(&temp, START, &[user_id(2)], 10), [then]);
        }
        deliver(&temp, 6);
        put(&temp, 1, None, "1 about none, later");
        assert_eq!(due_texts(&temp, START, &[user_id(2)], 10), ["1 about none, later"]);
    }

    #[test]
    fn a_failure_is_kept_and_holds_up_its_device_until_the_next_attempt() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "first");
        put(&temp, 1, Some(1), "second");
        put(&temp, 2, Some(1), "for another");
        let later = now("2026-01-01T00:00:01Z").0;
        temp.transact(move |connection| mark_failed(connection, 1, "HTTP 500", later)).unwrap();
        put(&temp, 1, Some(1), "third");
        assert_eq!(due_texts(&temp, START, &[], 10), ["for another"]);
        deliver(&temp, 3);
        assert_eq!((next(&temp, &[]), next(&temp, &[user_id(1)])), (Some(later), None));
        assert_eq!(due_texts(&temp, "2026-01-01T00:00:01Z", &[], 10), ["first"]);
        let listed = all(&temp);
        assert_eq!((listed[0].attempts, listed[0].last_error.as_deref()), (1, Some("HTTP 500")));
        let counted = temp.store.read(count).unwrap();
        assert_eq!(counted, OutboxCount { waiting: 3, failing: 1, parked: 0 });
        deliver(&temp, 1);
        assert_eq!(due_texts(&temp, START, &[], 10), ["second"]);
        let listed = all(&temp);
        assert_eq!(listed.iter().map(|message| message.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!((listed[0].delivered_at, listed[0].attempts), (Some(now("2026-01-02").0), 2));
    }

    #[test]
    fn a_message_put_off_by_a_clock_that_was_ahead_is_due_at_once() {
        let temp = TempStore::new();
        put(&temp, 1, None, "put off");
        let far = now("2026-01-02").0;
        temp.transact(move |connection| mark_failed(connection, 1, "HTTP 500", far)).unwrap();
        assert_eq!(due_texts(&temp, START, &[], 10), ["put off"]);
        let near = now("2026-01-01T00:16:00Z").0;
        temp.transact(move |connection| mark_failed(connection, 1, "HTTP 500", near)).unwrap();
        assert!(due_texts(&temp, START, &[], 10).is_empty());
    }

    #[test]
    fn three_refusals_park_a_message_and_a_resend_restores_its_place() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "refused");
        put(&temp, 1, Some(1), "behind");
        temp.transact(|connection| mark_failed(connection, 1, "HTTP 500", now(START).0)).unwrap();
        assert_eq!([refuse(&temp, 1), refuse(&temp, 1)], [false; 2], "a 500 is no refusal");
        assert!(due_texts(&temp, START, &[], 10).is_empty());
        assert!(refuse(&temp, 1));
        assert_eq!(due_texts(&temp, START, &[], 10), ["behind"]);
        assert_eq!(temp.store.read(count).unwrap(), OutboxCount { waiting: 1, failing: 0, parked: 1 });
        let listed = all(&temp);
        assert_eq!(listed.iter().map(|message| message.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((listed[0].parked_at, listed[0].attempts), (Some(now(START).0), 4));
        let again = |id| {
            let by = Some("jo");
            temp.transact(move |connection| resend(connection, id, by, now("2026-01-02"))).unwrap()
        };
        let sent = OutboxAct {
            act: MessageAct::SendAgain,
            by: Some("jo".to_owned()),
            reason: None,
            at: now("2026-01-02").0,
        };
        let waits =
            |last| ActOutcome::Unfit(Unfit { state: MessageState::Waiting, delivered_at: None, last });
        assert_eq!(
            [again(1), again(1), again(2), again(3)],
            [ActOutcome::Done, waits(Some(sent)), waits(None), ActOutcome::Unknown]
        );
        assert_eq!(due_texts(&temp, "2026-01-02", &[], 10), ["refused"]);
        assert_eq!([refuse(&temp, 1), refuse(&temp, 1), refuse(&temp, 1)], [false, false, true]);
        assert_eq!(again(1), ActOutcome::Done);
        deliver(&temp, 1);
        assert_eq!(due_texts(&temp, "2026-01-02", &[], 10), ["behind"]);
    }

    #[test]
    fn a_message_that_is_given_up_holds_up_nothing_and_is_purged_with_what_was_done() {
        let temp = TempStore::new();
        for text in ["first", "second", "third"] {
            put(&temp, 1, Some(1), text);
        }
        let reason: ActReason = value("its User has left");
        let abandon = |id| {
            let reason = reason.clone();
            temp.transact(move |connection| abandon(connection, id, "jo", &reason, now("2026-01-02")))
                .unwrap()
        };
        assert_eq!(
            [abandon(2), abandon(1), abandon(9)],
            [ActOutcome::Done, ActOutcome::Done, ActOutcome::Unknown]
        );
        assert_eq!(due_texts(&temp, START, &[], 10), ["third"]);
        let ActOutcome::Unfit(unfit) = abandon(1) else { panic!("it was given up before") };
        assert_eq!(
            unfit.reason(instant_text),
            "jo gave it up at 2026-01-02T00:00:00.000Z: its User has left"
        );
        let sent = temp.transact(|connection| resend(connection, 1, None, now("2026-01-03"))).unwrap();
        assert_eq!(sent, ActOutcome::Unfit(unfit));
        assert_eq!(temp.store.read(count).unwrap(), OutboxCount { waiting: 1, failing: 0, parked: 0 });
        // An attempt that was under way when it was given up.
        assert!(![refuse(&temp, 1), refuse(&temp, 1)].contains(&true) && refuse(&temp, 1));
        assert_eq!(due_texts(&temp, START, &[], 10), ["third"]);
        deliver(&temp, 2);
        let of = |state| {
            let page =
                temp.store.read(|connection| page(connection, Some(state), PageRequest::first(10))).unwrap();
            page.rows.iter().map(|message| message.id).collect::<Vec<_>>()
        };
        assert_eq!((of(MessageState::GivenUp), of(MessageState::Delivered)), (vec![1], vec![2]));
        assert_eq!((of(MessageState::Waiting), of(MessageState::Parked)), (vec![3], vec![]));
        let purge = |before| temp.transact(move |connection| purge(connection, now(before).0, 10)).unwrap();
        assert_eq!((purge("2026-01-02"), purge("2026-01-02T00:00:00.001Z")), (0, 2));
        let acts = |id| temp.store.read(|connection| acts::of_message(connection, id)).unwrap();
        assert_eq!((acts(1), acts(2)), (vec![], vec![]));
        assert_eq!(all(&temp).iter().map(|message| message.id).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn heads_are_marked_after_a_restore_of_an_older_backup() {
        let temp = TempStore::new();
        put(&temp, 1, Some(1), "first");
        put(&temp, 1, Some(1), "second");
        put(&temp, 2, None, "for another");
        temp.transact(|connection| {
            diesel::update(outbox::table).set(outbox::is_head.eq(None::<bool>)).execute(connection)?;
            Ok(())
        })
        .unwrap();
        assert!(due_texts(&temp, START, &[], 10).is_empty());
        temp.transact(assign_heads).unwrap();
        assert_eq!(due_texts(&temp, START, &[], 10), ["first", "for another"]);
    }

    #[test]
    fn a_message_sends_the_signal_and_nothing_else_does() {
        let temp = TempStore::new();
        put(&temp, 1, None, "one");
        temp.store.outbox_signal().wait(Duration::from_secs(3_600));
        let queued = temp.transact(|connection| {
            mark_delivered(connection, 1, now(START))?;
            Ok(db::take_signal())
        });
        assert!(!queued.unwrap());
    }
}
