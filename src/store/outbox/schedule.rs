//! The schedule of the outbox: which messages are due, and when to look again.
//!
//! A look goes from User to User by the index of heads and reads the first head of each, so that it costs the same however many
//! messages one User has.

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
    /// Whom it is for.
    pub user: Eui64,
    /// How often it was tried before.
    pub attempts: u64,
    /// The signed XML, to the last byte.
    pub message: Vec<u8>,
}

/// What a look at the outbox found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Messages that are due, the first of each User, oldest first.
    pub due: Vec<DueMessage>,
    /// When the next message is due, of those that a look could find.
    pub next: Option<Timestamp>,
}

/// More than the longest backoff. A message that is due later was put off when the clock was ahead; it is due at once, or it would
/// wait until the clock gets there again.
const NO_WAIT: Duration = Duration::from_secs(16 * 60);

/// For each User with a message that waits: when its first head is due, and the head that is due now. A recursive query stands in for
/// the loose index scan that neither database makes by itself.
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

#[derive(QueryableByName)]
struct Head {
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

/// At most so many messages that are due, one a User, the oldest first; none for the Users in `except`, which do not count for the
/// next one either.
///
/// # Errors
/// When the database fails.
pub fn schedule(
    connection: &mut Connection,
    now: Now,
    except: &[Eui64],
    limit: usize,
) -> Result<Schedule, StoreFault> {
    let off = now.0.saturating_add(NO_WAIT).unwrap_or(now.0);
    let query = sql_query(HEADS).bind::<Text, _>(instant_text(now.0)).bind::<Text, _>(instant_text(off));
    let mut heads = on_either!(connection, |inner| query.load::<Head>(inner))?;
    let except = except.iter().map(ToString::to_string).collect::<Vec<_>>();
    heads.retain(|head| !except.contains(&head.user_id));
    heads.sort_by(|one, other| (&one.first_at, one.due).cmp(&(&other.first_at, other.due)));
    let next = heads.first().map(|head| TABLE.instant("next_attempt_at", &head.first_at)).transpose()?;
    let due = heads.iter().filter_map(|head| head.due).take(limit).collect::<Vec<_>>();
    Ok(Schedule { due: load(connection, &due)?, next })
}

/// The messages of these numbers, in this order.
fn load(connection: &mut Connection, ids: &[i64]) -> Result<Vec<DueMessage>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = outbox::table.filter(outbox::id.eq_any(ids)).select(DueRow::as_select()).load(connection)?;
    let mut due = rows.into_iter().map(DueMessage::try_from).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|message| ids.iter().position(|id| *id == message.id));
    Ok(due)
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;
    use crate::store::{
        outbox::{MessageKind, NewMessage, enqueue},
        testing::{TempStore, now, user_id},
    };

    const START: &str = "2026-01-01";

    /// A User with so many messages about as many Devices, and another with one.
    fn crowded(messages: usize) -> TempStore {
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

    #[derive(QueryableByName)]
    struct SqlitePlan {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    #[derive(QueryableByName)]
    struct PostgresPlan {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }

    #[test]
    fn a_look_reads_the_index_of_heads_alone() {
        let temp = crowded(2_000);
        let plan = temp.store.read(|connection| {
            let filled = HEADS.replace("$1", "'2026'").replace("$2", "'2027'");
            Ok::<_, StoreFault>(match connection {
                Connection::Sqlite(inner) => {
                    let lines =
                        sql_query(format!("EXPLAIN QUERY PLAN {filled}")).load::<SqlitePlan>(inner)?;
                    lines.into_iter().map(|line| line.detail).collect::<Vec<_>>()
                }
                Connection::Postgres(inner) => {
                    let lines = sql_query(format!("EXPLAIN {filled}")).load::<PostgresPlan>(inner)?;
                    lines.into_iter().map(|line| line.line).collect()
                }
            })
        });
        let plan = plan.unwrap();
        let reads = plan.iter().filter(|line| line.contains("outbox")).collect::<Vec<_>>();
        assert!(reads.len() >= 4, "{plan:#?}");
        assert!(reads.iter().all(|line| line.contains("outbox_heads")), "{plan:#?}");
        let sorts = |line: &&String| line.contains("TEMP B-TREE") || line.contains("Sort");
        assert!(!plan.iter().any(|line| sorts(&line)), "{plan:#?}");
    }
}
