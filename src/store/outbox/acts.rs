//! What operators did about messages: sent one again, gave one up.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::row::MessageState;
use crate::{
    db::{Connection, StoreFault},
    domain::{Now, Timestamp, closed_set, instant_text},
    store::{stored::Table, table::stored_table},
};

stored_table! {
    outbox_acts (id) {
        id -> BigInt,
        message_id -> BigInt,
        act -> Text,
        acted_by -> Nullable<Text>,
        reason -> Nullable<Text>,
        acted_at -> Text,
    }
}

const TABLE: Table = Table("outbox_acts");
/// The most acts that are loaded of a message: the last ones.
const MOST: i64 = 100;

closed_set!(
    /// What an operator does about a message.
    MessageAct, "what is done about a message", {
        SendAgain => "send-again",
        GiveUp => "give-up",
    }
);

/// What an operator did about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxAct {
    /// What it was.
    pub act: MessageAct,
    /// The operator; absent where a program with the token did it.
    pub by: Option<String>,
    /// Why, where it needs a reason.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The result of what an operator does about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActOutcome {
    /// It is done.
    Done,
    /// The message is in a state that it does not fit.
    Unfit(Unfit),
    /// There is no such message.
    Unknown,
}

/// The state of a message that an act does not fit, and how it came to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The state.
    pub state: MessageState,
    /// When it was delivered, if it was.
    pub delivered_at: Option<Timestamp>,
    /// What was last done about it.
    pub last: Option<OutboxAct>,
}

impl Unfit {
    /// Tells the second of two operators what the first one did, with instants as `at` writes them.
    pub fn reason(&self, at: impl Fn(Timestamp) -> String) -> String {
        let last = |what: &str| {
            let act = self.last.as_ref()?;
            let by = act.by.as_deref().unwrap_or("a program with the token");
            let reason = act.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            Some(format!("{by} {what} at {}{reason}", at(act.at)))
        };
        let delivered = self.delivered_at.map(|delivered| format!("it was delivered at {}", at(delivered)));
        match self.state {
            MessageState::Delivered => delivered.unwrap_or_else(|| "it was delivered".to_owned()),
            MessageState::GivenUp => last("gave it up").unwrap_or_else(|| "it was given up".to_owned()),
            MessageState::Parked => "it is parked".to_owned(),
            MessageState::Waiting => {
                let sent = last("sent it again").map(|sent| format!(": {sent}"));
                format!("it waits already{}", sent.unwrap_or_default())
            }
        }
    }
}

/// A row of an act.
type ActRow = (i64, String, Option<String>, Option<String>, String);

fn act_of((_, act, by, reason, at): ActRow) -> Result<OutboxAct, StoreFault> {
    Ok(OutboxAct { act: TABLE.value("act", &act)?, by, reason, at: TABLE.instant("acted_at", &at)? })
}

/// Records an act about a message.
pub(super) fn record(
    connection: &mut Connection,
    message: i64,
    act: MessageAct,
    by: Option<&str>,
    reason: Option<&str>,
    now: Now,
) -> Result<(), StoreFault> {
    let row = (
        outbox_acts::message_id.eq(message),
        outbox_acts::act.eq(act.as_str()),
        outbox_acts::acted_by.eq(by),
        outbox_acts::reason.eq(reason),
        outbox_acts::acted_at.eq(instant_text(now.0)),
    );
    diesel::insert_into(outbox_acts::table).values(row).execute(connection)?;
    Ok(())
}

/// Loads what was done about a message, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_message(connection: &mut Connection, message: i64) -> Result<Vec<OutboxAct>, StoreFault> {
    let rows = outbox_acts::table.filter(outbox_acts::message_id.eq(message));
    let rows = rows.order(outbox_acts::id.desc()).limit(MOST).select(COLUMNS);
    rows.load::<ActRow>(connection)?.into_iter().rev().map(act_of).collect()
}

/// Loads how each of these messages was given up.
pub(super) fn give_ups(
    connection: &mut Connection,
    messages: &[i64],
) -> Result<BTreeMap<i64, OutboxAct>, StoreFault> {
    if messages.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = outbox_acts::table
        .filter(outbox_acts::message_id.eq_any(messages))
        .filter(outbox_acts::act.eq(MessageAct::GiveUp.as_str()))
        .select(COLUMNS)
        .load::<ActRow>(connection)?;
    rows.into_iter().map(|row| Ok((row.0, act_of(row)?))).collect()
}

/// Deletes what was done about a message, which is purged.
pub(super) fn purge(connection: &mut Connection, message: i64) -> Result<(), StoreFault> {
    let acts = outbox_acts::table.filter(outbox_acts::message_id.eq(message));
    diesel::delete(acts).execute(connection)?;
    Ok(())
}

/// The columns of [`ActRow`].
const COLUMNS: (
    outbox_acts::message_id,
    outbox_acts::act,
    outbox_acts::acted_by,
    outbox_acts::reason,
    outbox_acts::acted_at,
) = (
    outbox_acts::message_id,
    outbox_acts::act,
    outbox_acts::acted_by,
    outbox_acts::reason,
    outbox_acts::acted_at,
);
