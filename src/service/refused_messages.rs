//! The last messages that were refused before a decision (checks 1 to 4), in memory alone.
//!
//! Nothing of them is stored: anyone could fill the disk with them. Whoever wonders why a client gets E100 finds the reason here.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use super::{handover::Reason, message_excerpt::MessageExcerpt};
use crate::{
    domain::Timestamp,
    store::{PageRequest, Paged},
};

/// The most refusals that are kept.
const MAX_COUNT: usize = 1_000;
/// The most bytes of their reasons and excerpts.
const MAX_BYTES: usize = 2_500_000;
/// The most bytes of one reason; the rest is cut.
const MAX_REASON: usize = 1_000;

/// A message that was refused by one of the checks 1 to 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedMessage {
    /// Its number, from 1 with each start.
    pub number: i64,
    /// When it was refused.
    pub at: Timestamp,
    /// The HTTP status of the answer; 200 with E100.
    pub status: u16,
    /// Why.
    pub reason: Reason,
    /// The address that the connection came from.
    pub peer: Option<SocketAddr>,
    /// Its beginning; absent where the body was not read.
    pub excerpt: Option<MessageExcerpt>,
}

impl RefusedMessage {
    /// The bytes that it takes and that a sender chooses.
    fn bytes(&self) -> usize {
        self.reason.text.len() + self.excerpt.as_ref().map_or(0, |excerpt| excerpt.text.len())
    }
}

/// The refusals that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct RefusedMessages(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<RefusedMessage>,
    /// The bytes of their reasons and excerpts.
    bytes: usize,
    last: i64,
}

impl RefusedMessages {
    /// Keeps one more, and forgets the oldest beyond the limits.
    pub(super) fn push(
        &self,
        at: Timestamp,
        (status, mut reason): (u16, Reason),
        peer: Option<SocketAddr>,
        excerpt: Option<MessageExcerpt>,
    ) {
        let end = (0..=MAX_REASON).rev().find(|end| reason.text.is_char_boundary(*end)).unwrap_or(0);
        reason.text.truncate(end.min(reason.text.len()));
        // The text alone, and not the capacity that was needed to make it.
        reason.text.shrink_to_fit();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last = kept.last.saturating_add(1);
        let message = RefusedMessage { number: kept.last, at, status, reason, peer, excerpt };
        kept.bytes += message.bytes();
        kept.messages.push_back(message);
        while kept.messages.len() > MAX_COUNT || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.messages.pop_front() else { break };
            kept.bytes -= oldest.bytes();
        }
    }

    /// A page of them.
    pub(super) fn page(&self, page: PageRequest) -> Paged<RefusedMessage> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let after = page.after.unwrap_or(0);
        let mut rows = kept.messages.iter().filter(|message| message.number > after);
        let page = rows.by_ref().take(usize::from(page.limit)).cloned().collect::<Vec<_>>();
        let next = rows.next().and(page.last()).map(|last| last.number);
        Paged { rows: page, next }
    }

    /// The one of that number, if it is kept.
    pub(super) fn find(&self, number: i64) -> Option<RefusedMessage> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.messages.iter().find(|message| message.number == number).cloned()
    }

    /// Forgets all of them; their numbers go on.
    pub(super) fn clear(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.messages.clear();
        kept.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(number: usize, length: usize) -> RefusedMessages {
        let messages = RefusedMessages::default();
        for _ in 0..number {
            let text = "\u{e9}".repeat(length);
            let excerpt = MessageExcerpt::of(text.as_bytes());
            let reason = Reason { text, ..Reason::of("SR/3", "") };
            messages.push(Timestamp::UNIX_EPOCH, (200, reason), None, Some(excerpt));
        }
        messages
    }

    #[test]
    fn the_last_ones_are_kept_within_count_and_bytes() {
        let numbers = |messages: &RefusedMessages| {
            let rows = messages.page(PageRequest { after: None, limit: 2_000 }).rows;
            (rows.len(), rows.first().map(|row| row.number), rows.last().map(|row| row.number))
        };
        assert_eq!(numbers(&filled(1_500, 3)), (1_000, Some(501), Some(1_500)));
        let long = filled(1_500, 5_000);
        // A reason of 1,000 bytes and an excerpt of 2,000 each.
        assert_eq!(numbers(&long), (833, Some(668), Some(1_500)));
        assert!(
            long.page(PageRequest { after: None, limit: 9 })
                .rows
                .iter()
                .all(|row| row.reason.text.len() == 1_000)
        );
        assert_eq!((long.find(667), long.find(668).map(|row| row.number)), (None, Some(668)));
        long.clear();
        assert_eq!(numbers(&long), (0, None, None));
    }

    #[test]
    fn pages_follow_each_other() {
        let messages = filled(5, 1);
        let page = |after| {
            let Paged { rows, next } = messages.page(PageRequest { after, limit: 2 });
            (rows.iter().map(|row| row.number).collect::<Vec<_>>(), next)
        };
        assert_eq!(page(None), (vec![1, 2], Some(2)));
        assert_eq!(page(Some(2)), (vec![3, 4], Some(4)));
        assert_eq!(page(Some(4)), (vec![5], None));
        assert_eq!(page(Some(5)), (vec![], None));
    }
}
