//! The outbox: a queue of signed messages for each User's Receive Response address, stored until they are accepted.
//!
//! Order is kept for each User and Device: a message waits for the one before it. A User's messages about no Device are one more
//! queue. A User that cannot be reached never holds up another. A message that its User refuses several times is parked, so that it
//! no longer holds up those behind it. An operator sends it again, or gives it up with a reason.

mod acts;
mod list;
mod queue;
mod row;
mod schedule;

pub(in crate::store) use acts::outbox_acts;
pub use acts::{ActOutcome, MessageAct, OutboxAct, Unfit, of_message as acts_of_message};
pub use list::{ListedMessage, count, find, page};
pub use queue::{
    DELIVERY_LOCK, NewMessage, abandon, enqueue, mark_delivered, mark_failed, mark_refused, resend,
};
pub(in crate::store) use queue::{assign_heads, purge};
pub(in crate::store) use row::outbox;
pub use row::{MessageKind, MessageState};
pub use schedule::{DueMessage, OutboxSchedule, next_of_user, schedule};
