//! The schedule of the outbox: which messages are due, and when the next one is.
//!
//! The search goes from User to User by the index of heads and reads the first head of each. So its cost grows with the number of
//! Users that have waiting messages, not with the number of messages.

use std::time::Duration;

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::row::{TABLE, outbox};
use crate::{
    db::{Connection, StoreFault, on_either},
    domain::{Eui64, Now, Timestamp, instant_text},
};

/// A message that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMessage {
    /// Its number in the outbox.
    pub id: i64,
    /// The User it is for.
    pub user: Eui64,
    /// The Device it is about, if it is about one.
    pub device: Option<Eui64>,
    /// The number of attempts so far.
    pub attempts: u64,
    /// The signed XML, to the last byte.
    pub message: Vec<u8>,
}

/// The due messages, and when to search again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxSchedule {
    /// The due messages, at most one of each User, in the order in which they became due.
    pub due: Vec<DueMessage>,
    /// When the next head is due, of the Users that were searched; none where no message waits for one of them.
    pub next: Option<Timestamp>,
}

/// A delay that is longer than the longest backoff. A message that is due later than that was rescheduled while the clock was ahead.
/// It counts as due, or it would wait until the clock reaches that time again.
const IMPLAUSIBLE_DELAY: Duration = Duration::from_secs(16 * 60);

/// The query for the heads: for each User with a waiting message, when the first head is due, and the head that is due now. The
/// recursion steps through the index from one User to the next (a loose index scan), which neither database does by itself.
const HEADS: &str = "WITH RECURSIVE waiting (user_id) AS (
        SELECT (SELECT user_id FROM outbox WHERE is_head ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT (SELECT user_id FROM outbox WHERE is_head AND user_id > waiting.user_id ORDER BY user_id LIMIT 1)
        FROM waiting WHERE waiting.user_id IS NOT NULL
    )
    SELECT waiting.user_id AS user_id,
        (SELECT next_attempt_at FROM outbox WHERE is_head AND outbox.user_id = waiting.user_id
            ORDER BY next_attempt_at, id LIMIT 1) AS first_at,
        COALESCE(
            (SELECT id FROM outbox WHERE is_head AND outbox.user_id = waiting.user_id AND next_attempt_at <= $1
                ORDER BY next_attempt_at, id LIMIT 1),
            (SELECT id FROM outbox WHERE is_head AND outbox.user_id = waiting.user_id AND next_attempt_at > $2
                ORDER BY next_attempt_at, id LIMIT 1)
        ) AS due
    FROM waiting WHERE waiting.user_id IS NOT NULL";

/// A row of that query.
#[derive(QueryableByName)]
struct UserHead {
    #[diesel(sql_type = Text)]
    user_id: String,
    #[diesel(sql_type = Text)]
    first_at: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    due: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct DueRow {
    id: i64,
    user_id: String,
    device_id: Option<String>,
    attempts: i64,
    message: Vec<u8>,
}

impl TryFrom<DueRow> for DueMessage {
    type Error = StoreFault;

    fn try_from(row: DueRow) -> Result<Self, StoreFault> {
        let DueRow { id, user_id, device_id, attempts, message } = row;
        let device = device_id.map(|device| TABLE.value("device_id", &device)).transpose()?;
        let user = TABLE.value("user_id", &user_id)?;
        Ok(Self { id, user, device, attempts: attempts.unsigned_abs(), message })
    }
}

/// Searches for due messages: at most `limit`, one for each User, oldest first. The Users in `except` are left out, of the time of the
/// next message too.
///
/// # Errors
/// When the database fails.
pub fn schedule(
    connection: &mut Connection,
    now: Now,
    except: &[Eui64],
    limit: usize,
) -> Result<OutboxSchedule, StoreFault> {
    let implausible = now.0.saturating_add(IMPLAUSIBLE_DELAY).unwrap_or(now.0);
    let query =
        sql_query(HEADS).bind::<Text, _>(instant_text(now.0)).bind::<Text, _>(instant_text(implausible));
    let mut heads = on_either!(connection, |inner| query.load::<UserHead>(inner))?;
    // Filtered here, not in SQL: the list's length would change the SQL, and few Users are in it.
    let except = except.iter().map(ToString::to_string).collect::<Vec<_>>();
    heads.retain(|head| !except.contains(&head.user_id));
    heads.sort_by(|one, other| (&one.first_at, one.due).cmp(&(&other.first_at, other.due)));
    // The first head, even if it is due now and beyond the limit: the next search is at once then.
    let next = heads.first().map(|head| TABLE.instant("next_attempt_at", &head.first_at)).transpose()?;
    let due = heads.iter().filter_map(|head| head.due).take(limit).collect::<Vec<_>>();
    Ok(OutboxSchedule { due: load(connection, &due)?, next })
}

/// The User's oldest message after that one that waits, whatever it waits for.
///
/// # Errors
/// When the database fails.
pub fn next_of_user(
    connection: &mut Connection,
    user: Eui64,
    after: i64,
) -> Result<Option<DueMessage>, StoreFault> {
    let waiting = outbox::delivered_at.is_null().and(outbox::parked_at.is_null());
    let ids = outbox::table
        .filter(outbox::user_id.eq(user.to_string()).and(outbox::id.gt(after)).and(waiting))
        .order(outbox::id)
        .select(outbox::id)
        .limit(1)
        .load::<i64>(connection)?;
    Ok(load(connection, &ids)?.pop())
}

/// Loads the messages with these numbers, in this order.
fn load(connection: &mut Connection, ids: &[i64]) -> Result<Vec<DueMessage>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = outbox::table.filter(outbox::id.eq_any(ids)).select(DueRow::as_select()).load(connection)?;
    let mut due = rows.into_iter().map(DueMessage::try_from).collect::<Result<Vec<_>, _>>()?;
    // The database returns them in any order.
    due.sort_by_key(|message| ids.iter().position(|id| *id == message.id));
    Ok(due)
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;
    use crate::store::{
        outbox::{MessageKind, NewMessage, enqueue},
        testing::{TempStore, now, query_plan, user_id},
    };

    const START: &str = "2026-01-01";

    /// A store where one User has this number of messages, each about another Device, and another User has one message.
    fn store_with_messages(messages: usize) -> TempStore {
        let temp = TempStore::new();
        temp.transact(move |connection| {
            let put = |connection: &mut Connection, user: u8, device: Option<usize>| {
                let [.., high, low] = device.unwrap_or_default().to_be_bytes();
                let device = device.map(|_| Eui64::from_octets([0, 0xDB, 0, 0, 0, 0, high, low]));
                let (user, kind) = (user_id(user), MessageKind::Alert);
                let new = NewMessage { user, device, request_id: None, kind, message: b"<alert/>" };
                enqueue(connection, new, now(START))
            };
            (0..messages).try_for_each(|number| put(connection, 1, Some(number)))?;
            put(connection, 2, None)?;
            Ok(connection.batch_execute("ANALYZE outbox")?)
        })
        .unwrap();
        temp
    }

    #[test]
    fn a_search_reads_only_the_index_of_heads() {
        let temp = store_with_messages(2_000);
        let plan = temp.store.read(|connection| {
            let filled = HEADS.replace("$1", "'2026'").replace("$2", "'2027'");
            Ok::<_, StoreFault>(query_plan(connection, &filled))
        });
        let plan = plan.unwrap();
        let reads = plan.iter().filter(|line| line.contains("outbox")).collect::<Vec<_>>();
        assert!(reads.len() >= 4, "{plan:#?}");
        assert!(reads.iter().all(|line| line.contains("outbox_heads")), "{plan:#?}");
        let sorts = |line: &&String| line.contains("TEMP B-TREE") || line.contains("Sort");
        assert!(!plan.iter().any(|line| sorts(&line)), "{plan:#?}");
    }
}
