//! The sessions of the console and the sign-in links, in the memory of one instance.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{
    ConsoleRole, PersonName, brake::Brake, import_result::ImportUpload, job_list::JobList,
    stock_count::StockCounts, uploads::Uploads,
};
use crate::{domain::Timestamp, secret::Secret, service::RequestDraft};

/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(8 * 60 * 60);
/// How long a sign-in link is good.
const LINK: Duration = Duration::from_secs(10 * 60);
/// The most sessions, and the most links. One more takes the place of the one that would end first.
const MAX_COUNT: usize = 1_000;

/// What the console keeps in memory.
#[derive(Debug, Default)]
pub(in crate::service) struct ConsoleState {
    pub(super) brake: Brake,
    pub(super) sessions: Expiring<SignedIn>,
    pub(super) links: Expiring<PersonName>,
    pub(super) jobs: JobList,
    pub(super) uploads: Uploads<ImportUpload>,
    /// Requests for re-flashes that were looked at, and wait to be sent.
    pub(super) requests: Uploads<RequestDraft>,
    pub(in crate::service) stock_counts: StockCounts,
}

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their name, which stands beside what they do.
    pub name: PersonName,
    /// What they may do.
    pub role: ConsoleRole,
    /// The token that each of their forms carries.
    pub form_token: Secret,
}

/// Values under secret names, each until an instant.
#[derive(Debug)]
pub(super) struct Expiring<T>(Mutex<HashMap<String, (Timestamp, T)>>);

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Expiring<T> {
    fn insert(&self, name: &Secret, until: Timestamp, value: T, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (until, _)| *until > now);
        if kept.len() >= MAX_COUNT {
            let first = kept.iter().min_by_key(|(_, (until, _))| *until).map(|(name, _)| name.clone());
            first.and_then(|first| kept.remove(&first));
        }
        kept.insert(name.reveal().to_owned(), (until, value));
    }

    /// The value under that name. The map hashes names with keys of its own, so that the time of a look-up tells nothing of them.
    pub(super) fn get(&self, name: &str, now: Timestamp) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).filter(|(until, _)| *until > now).map(|(_, value)| value.clone())
    }

    /// Moves the ends of what has not ended with a test clock.
    fn follow_clock(&self, from: Timestamp, to: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (until, _)| *until > from);
        let by = to.duration_since(from);
        for (until, _) in kept.values_mut() {
            *until = until.checked_add(by).unwrap_or(Timestamp::MAX);
        }
    }

    /// Removes the value under that name and returns it.
    pub(super) fn remove(&self, name: &str, now: Timestamp) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(name).filter(|(until, _)| *until > now).map(|(_, value)| value)
    }
}

impl ConsoleState {
    pub(super) fn open_session(&self, id: &Secret, signed_in: SignedIn, now: Timestamp) {
        self.sessions.insert(id, now.saturating_add_std(SESSION), signed_in, now);
    }

    /// Lets sessions and links last as long as before, where a test clock is moved: for people no time has passed.
    pub(in crate::service) fn follow_clock(&self, from: Timestamp, to: Timestamp) {
        self.sessions.follow_clock(from, to);
        self.links.follow_clock(from, to);
    }

    /// Whether a job of the console runs.
    pub(in crate::service) fn is_job_running(&self) -> bool {
        self.jobs.is_running()
    }

    /// Forgets every uploaded file.
    pub(in crate::service) fn forget_uploads(&self) {
        self.uploads.forget_all();
        self.requests.forget_all();
    }

    pub(super) fn make_link(&self, token: &Secret, name: PersonName, now: Timestamp) {
        self.links.insert(token, now.saturating_add_std(LINK), name, now);
    }
}

/// An instant that much later, or the last one that there is.
trait SaturatingAdd {
    fn saturating_add_std(self, duration: Duration) -> Self;
}

impl SaturatingAdd for Timestamp {
    fn saturating_add_std(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_at_its_instant_and_the_first_to_end_gives_way() {
        let kept = Expiring::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let names = (0..=MAX_COUNT).map(|_| Secret::random().unwrap()).collect::<Vec<_>>();
        for (number, name) in names.iter().enumerate() {
            kept.insert(name, at(100 + i64::try_from(number).unwrap()), number, at(0));
        }
        assert_eq!(kept.get(names[0].reveal(), at(0)), None, "one too many: it ended first");
        assert_eq!(kept.get(names[1].reveal(), at(100)), Some(1));
        assert_eq!(kept.get(names[1].reveal(), at(101)), None);
        assert_eq!(kept.remove(names[2].reveal(), at(0)), Some(2));
        assert_eq!(kept.remove(names[2].reveal(), at(0)), None, "good once");
        kept.follow_clock(at(103), at(9_000));
        assert_eq!(kept.get(names[3].reveal(), at(0)), None, "it had ended");
        let last = names[4].reveal();
        assert_eq!((kept.get(last, at(9_000)), kept.get(last, at(9_001))), (Some(4), None));
        kept.insert(&names[0], at(50_000), 7, at(30_000));
        assert_eq!(kept.0.lock().unwrap().len(), 1, "what ended is forgotten");
    }
}
