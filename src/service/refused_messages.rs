//! The last messages that were refused before a decision (checks 1 to 4), in memory alone.
//!
//! Nothing of them is stored: anyone could fill the disk with them. Whoever wonders why a client gets E100 finds the reason here.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::handover::Reason;
use crate::{
    domain::Timestamp,
    store::{PageRequest, Paged},
};

/// The most refusals that are kept.
const MAX_COUNT: usize = 1_000;
/// The most bytes of their reasons.
const MAX_BYTES: usize = 500_000;
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
}

/// The refusals that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct RefusedMessages(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<RefusedMessage>,
    /// The bytes of their reasons.
    bytes: usize,
    last: i64,
}

impl RefusedMessages {
    /// Keeps one more, and forgets the oldest beyond the limits.
    pub(super) fn push(&self, at: Timestamp, status: u16, mut reason: Reason) {
        let end = (0..=MAX_REASON).rev().find(|end| reason.text.is_char_boundary(*end)).unwrap_or(0);
        reason.text.truncate(end.min(reason.text.len()));
        // The text alone, and not the capacity that was needed to make it.
        reason.text.shrink_to_fit();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last = kept.last.saturating_add(1);
        kept.bytes += reason.text.len();
        let number = kept.last;
        kept.messages.push_back(RefusedMessage { number, at, status, reason });
        while kept.messages.len() > MAX_COUNT || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.messages.pop_front() else { break };
            kept.bytes -= oldest.reason.text.len();
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
            messages.push(Timestamp::UNIX_EPOCH, 200, Reason { text, ..Reason::of("SR/3", "") });
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
        assert_eq!(numbers(&long), (500, Some(1_001), Some(1_500)));
        assert!(
            long.page(PageRequest { after: None, limit: 9 })
                .rows
                .iter()
                .all(|row| row.reason.text.len() == 1_000)
        );
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
