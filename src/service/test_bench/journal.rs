//! The journal: the last messages as they came and were answered, in memory alone, bounded by number and bytes (HARNESS.md 6).

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    domain::{Eui64, RequestId, ServiceReferenceVariant, Timestamp, closed_set},
    metrics::ForwardOutcome,
    store::{PageRequest, Paged},
};

/// How many messages the journal keeps, and how many bytes of them (`[test] journal`, `journal_bytes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalBounds {
    /// The most messages; 0 keeps none.
    pub messages: usize,
    /// The most bytes of requests, answers and headers.
    pub bytes: usize,
}

impl Default for JournalBounds {
    fn default() -> Self {
        Self { messages: 10_000, bytes: 100_000_000 }
    }
}

closed_set!(
    /// What a journal entry is about.
    JournalKind, "a kind of journal entry", {
        // A request to the DUIS listener.
        Request => "request",
        // A delivery to a Receive Response address.
        Delivery => "delivery",
    }
);

/// A header of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; U+FFFD stands for what is no UTF-8.
    pub value: String,
}

/// What was recorded of a message and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Whether it came or was delivered.
    pub kind: JournalKind,
    /// When it came.
    pub at: Timestamp,
    /// How long it took until it was answered.
    pub took: Duration,
    /// Where it came from.
    pub peer: Option<SocketAddr>,
    /// The path that it came to, or the address that it went to.
    pub path: String,
    /// The headers of the request.
    pub request_headers: Vec<Header>,
    /// The body of the request; absent where it was not read.
    pub request: Option<Vec<u8>>,
    /// The HTTP status of the answer; absent where the connection was closed without one.
    pub status: Option<u16>,
    /// The headers of the answer.
    pub answer_headers: Vec<Header>,
    /// The body of the answer.
    pub answer: Option<Vec<u8>>,
    /// The fault on purpose that acted on it.
    pub fault: Option<String>,
    /// What became of it where it was to go to another endpoint.
    pub forwarded: Option<ForwardOutcome>,
    /// The rule that decided it.
    pub rule: Option<&'static str>,
    /// Why, and what became of it.
    pub note: Option<String>,
    /// Its RequestID, if it was read.
    pub request_id: Option<RequestId>,
    /// Its Service Reference Variant, if it was read.
    pub variant: Option<ServiceReferenceVariant>,
    /// The User who sent it, or whom it is for.
    pub user: Option<Eui64>,
}

impl Recorded {
    /// A record of that kind, with nothing but its time and path.
    pub fn new(kind: JournalKind, at: Timestamp, path: String) -> Self {
        Self {
            kind,
            at,
            took: Duration::ZERO,
            peer: None,
            path,
            request_headers: Vec::new(),
            request: None,
            status: None,
            answer_headers: Vec::new(),
            answer: None,
            fault: None,
            forwarded: None,
            rule: None,
            note: None,
            request_id: None,
            variant: None,
            user: None,
        }
    }

    fn bytes(&self) -> usize {
        let headers = self.request_headers.iter().chain(&self.answer_headers);
        let of_headers = headers.map(|header| header.name.len() + header.value.len()).sum::<usize>();
        let body = |body: &Option<Vec<u8>>| body.as_ref().map_or(0, Vec::len);
        let note = self.note.as_ref().map_or(0, String::len);
        of_headers + body(&self.request) + body(&self.answer) + self.path.len() + note
    }
}

/// A message of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its number, from 1 with each start.
    pub number: i64,
    /// What was recorded.
    pub recorded: Recorded,
}

/// Which entries are wanted; absent values hold for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Requests or deliveries.
    pub kind: Option<JournalKind>,
    /// Those that this fault acted on.
    pub fault: Option<String>,
    /// Those that this rule decided.
    pub rule: Option<String>,
    /// Those of that RequestID.
    pub request_id: Option<RequestId>,
    /// Those of that User.
    pub user: Option<Eui64>,
}

impl JournalFilter {
    fn holds(&self, recorded: &Recorded) -> bool {
        let Self { kind, fault, rule, request_id, user } = self;
        kind.is_none_or(|kind| kind == recorded.kind)
            && fault.as_ref().is_none_or(|fault| recorded.fault.as_ref() == Some(fault))
            && rule.as_ref().is_none_or(|rule| recorded.rule == Some(rule.as_str()))
            && request_id.is_none_or(|id| recorded.request_id == Some(id))
            && user.is_none_or(|user| recorded.user == Some(user))
    }
}

/// The journal of a test instance.
#[derive(Debug)]
pub struct Journal {
    bounds: JournalBounds,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<JournalEntry>>,
    bytes: usize,
    last: i64,
}

impl Kept {
    fn keep_within(&mut self, bounds: JournalBounds) {
        while self.entries.len() > bounds.messages || self.bytes > bounds.bytes {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.recorded.bytes();
        }
    }
}

impl Journal {
    pub(super) fn new(bounds: JournalBounds) -> Self {
        Self { bounds, kept: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything is kept: `[test] journal = 0` turns it off.
    pub const fn is_on(&self) -> bool {
        self.bounds.messages > 0
    }

    /// Keeps one more, and forgets the oldest beyond the bounds. Returns its number.
    pub fn push(&self, recorded: Recorded) -> i64 {
        let bytes = recorded.bytes();
        let mut kept = self.lock();
        kept.last = kept.last.saturating_add(1);
        let number = kept.last;
        kept.entries.push_back(Arc::new(JournalEntry { number, recorded }));
        kept.bytes += bytes;
        kept.keep_within(self.bounds);
        number
    }

    /// Replaces what was recorded of a message, as more is known of it; nothing where it is not kept any more.
    pub fn replace(&self, number: i64, recorded: Recorded) {
        let mut kept = self.lock();
        let bytes = recorded.bytes();
        let Ok(place) = kept.entries.binary_search_by_key(&number, |entry| entry.number) else { return };
        let Some(entry) = kept.entries.get_mut(place) else { return };
        let before = std::mem::replace(entry, Arc::new(JournalEntry { number, recorded }));
        kept.bytes = (kept.bytes + bytes) - before.recorded.bytes();
        kept.keep_within(self.bounds);
    }

    /// A page of those that are wanted, oldest first.
    pub fn page(&self, filter: &JournalFilter, page: PageRequest) -> Paged<Arc<JournalEntry>> {
        let kept = self.lock();
        let after = page.after.unwrap_or(0);
        let mut rows =
            kept.entries.iter().filter(|entry| entry.number > after && filter.holds(&entry.recorded));
        let page = rows.by_ref().take(usize::from(page.limit)).cloned().collect::<Vec<_>>();
        let next = rows.next().and(page.last()).map(|last| last.number);
        Paged { rows: page, next }
    }

    /// The newest of those that are wanted, before that number, newest first.
    pub fn newest(&self, filter: &JournalFilter, before: Option<i64>, limit: u16) -> Vec<Arc<JournalEntry>> {
        let kept = self.lock();
        let rows = kept.entries.iter().rev().filter(|entry| {
            before.is_none_or(|before| entry.number < before) && filter.holds(&entry.recorded)
        });
        rows.take(usize::from(limit)).cloned().collect()
    }

    /// The one of that number, if it is kept.
    pub fn find(&self, number: i64) -> Option<Arc<JournalEntry>> {
        self.lock().entries.iter().find(|entry| entry.number == number).cloned()
    }

    /// Forgets all; their numbers go on. Returns how many.
    pub fn clear(&self) -> usize {
        let mut kept = self.lock();
        let number = kept.entries.len();
        kept.entries.clear();
        kept.bytes = 0;
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(bounds: JournalBounds, number: usize, length: usize) -> Journal {
        let journal = Journal::new(bounds);
        for _ in 0..number {
            let new = Recorded::new(JournalKind::Request, Timestamp::UNIX_EPOCH, String::new());
            journal.push(Recorded { request: Some(vec![b'x'; length]), ..new });
        }
        journal
    }

    fn numbers(journal: &Journal) -> Vec<i64> {
        let page = journal.page(&JournalFilter::default(), PageRequest { after: None, limit: 100 });
        page.rows.iter().map(|entry| entry.number).collect()
    }

    /// HARNESS.md 6: bounded by messages and bytes; the oldest goes.
    #[test]
    fn the_oldest_goes_beyond_the_number_and_the_bytes() {
        assert_eq!(numbers(&filled(JournalBounds { messages: 3, bytes: 1_000 }, 5, 10)), [3, 4, 5]);
        assert_eq!(numbers(&filled(JournalBounds { messages: 9, bytes: 25 }, 5, 10)), [4, 5]);
        assert_eq!(numbers(&filled(JournalBounds { messages: 9, bytes: 5 }, 5, 10)), [0_i64; 0]);
        let off = filled(JournalBounds { messages: 0, bytes: 1_000 }, 5, 10);
        assert!(!off.is_on() && numbers(&off).is_empty());
    }

    #[test]
    fn what_is_recorded_later_counts_too_and_what_is_gone_stays_gone() {
        let journal = filled(JournalBounds { messages: 9, bytes: 35 }, 3, 10);
        let recorded = |length| {
            let new = Recorded::new(JournalKind::Request, Timestamp::UNIX_EPOCH, String::new());
            Recorded { answer: Some(vec![b'y'; length]), ..new }
        };
        journal.replace(3, recorded(20));
        assert_eq!(numbers(&journal), [2, 3]);
        assert_eq!(journal.find(3).unwrap().recorded, recorded(20));
        journal.replace(1, recorded(1));
        journal.replace(2, recorded(0));
        assert_eq!((numbers(&journal), journal.lock().bytes), (vec![2, 3], 20));
    }

    #[test]
    fn a_filter_finds_those_that_it_holds_for_and_numbers_go_on() {
        let journal = filled(JournalBounds::default(), 2, 1);
        let new = Recorded::new(JournalKind::Delivery, Timestamp::UNIX_EPOCH, String::new());
        journal.push(Recorded { fault: Some("f".to_owned()), rule: Some("forward"), ..new });
        let find = |filter| {
            let newest = journal.newest(&filter, None, 9);
            newest.iter().map(|entry| entry.number).collect::<Vec<_>>()
        };
        assert_eq!(find(JournalFilter { fault: Some("f".to_owned()), ..JournalFilter::default() }), [3]);
        assert_eq!(find(JournalFilter { rule: Some("forward".to_owned()), ..JournalFilter::default() }), [3]);
        let requests = JournalFilter { kind: Some(JournalKind::Request), ..JournalFilter::default() };
        assert_eq!(find(requests), [2, 1]);
        assert_eq!(
            find(JournalFilter { fault: Some("g".to_owned()), ..JournalFilter::default() }),
            [0_i64; 0]
        );
        assert_eq!((journal.clear(), journal.find(3)), (3, None));
        journal.push(Recorded::new(JournalKind::Request, Timestamp::UNIX_EPOCH, String::new()));
        assert_eq!(numbers(&journal), [4]);
    }
}
