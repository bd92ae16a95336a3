//! The count that pages of suspects are judged by.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::EsmeCount;
use crate::clock::Stopwatch;

/// How long the pages behind the first one are judged by the count that was made for it.
const KEPT: Duration = Duration::from_secs(600);

/// The count of the last first page. While ESMEs are counted nobody but who needs a count waits.
#[derive(Debug, Default)]
pub(in crate::service) struct KeptCount {
    kept: Mutex<KeptState>,
    /// Held while ESMEs are counted: one count at a time.
    counting: Mutex<()>,
}

#[derive(Debug, Default)]
struct KeptState {
    count: Option<(Arc<EsmeCount>, Stopwatch)>,
    /// How often it was forgotten: a count that began before is not kept.
    generation: u64,
}

/// The beginning of a count.
#[derive(Debug)]
pub(super) struct BegunCount {
    generation: u64,
    age: Stopwatch,
}

impl KeptCount {
    /// The count that is kept, unless a new one is wanted; else `count` makes it, and it is kept. Who waited for another's count takes the
    /// next one that began after its own question.
    pub(super) fn get<E>(
        &self,
        is_new: bool,
        count: impl FnOnce() -> Result<EsmeCount, E>,
    ) -> Result<Arc<EsmeCount>, E> {
        let asked = Stopwatch::start();
        let fits = |age: Duration| if is_new { age <= asked.elapsed() } else { age < KEPT };
        if let Some(count) = self.kept_where(fits) {
            return Ok(count);
        }
        let turn = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = self.kept_where(fits) {
            return Ok(count);
        }
        let begun = self.begin();
        let made = Arc::new(count()?);
        self.keep(begun, Arc::clone(&made));
        drop(turn);
        Ok(made)
    }

    /// Does what counts ESMEs when no other count is under way.
    pub(super) fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let turn = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let made = work();
        drop(turn);
        made
    }

    fn kept_where(&self, fits: impl Fn(Duration) -> bool) -> Option<Arc<EsmeCount>> {
        let state = self.state();
        state.count.as_ref().filter(|(_, age)| fits(age.elapsed())).map(|(count, _)| Arc::clone(count))
    }

    /// Notes that a count begins.
    pub(super) fn begin(&self) -> BegunCount {
        BegunCount { generation: self.state().generation, age: Stopwatch::start() }
    }

    /// Keeps a count, unless it was to be forgotten since it began.
    pub(super) fn keep(&self, begun: BegunCount, count: Arc<EsmeCount>) {
        let mut state = self.state();
        if state.generation == begun.generation {
            state.count = Some((count, begun.age));
        }
    }

    /// Forgets what was counted: something was imported, or the store was emptied.
    pub(in crate::service) fn forget(&self) {
        let mut state = self.state();
        state.count = None;
        state.generation = state.generation.wrapping_add(1);
    }

    fn state(&self) -> MutexGuard<'_, KeptState> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        db::{Store, StoreFault},
        domain::{CodeOverrides, Timestamp},
        rules::{RuleSettings, variants::VariantSettings},
        service::variants::VariantBasis,
        store::DivideBy,
    };

    fn count(store: &Store) -> Result<EsmeCount, StoreFault> {
        let (codes, clock) = (CodeOverrides::default(), Clock::fixed(Timestamp::UNIX_EPOCH));
        let basis = VariantBasis {
            settings: VariantSettings::default(),
            rules: RuleSettings::default(),
            codes: &codes,
            clock: &clock,
        };
        EsmeCount::make(store, DivideBy::Nothing, &basis, &mut |_| ())
    }

    /// An import must not wait for a count, and a count that it overtook is not kept.
    #[test]
    fn what_is_forgotten_while_it_is_counted_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/smi.db", folder.path().display())).unwrap();
        let kept = KeptCount::default();
        let mut counts = 0;
        let mut get = |is_new, forgets: bool| {
            let made = kept.get(is_new, || {
                counts += 1;
                if forgets {
                    kept.forget();
                }
                count(&store)
            });
            made.unwrap();
            counts
        };
        assert_eq!([get(true, true), get(false, false), get(false, false), get(true, false)], [1, 2, 2, 3]);
    }

    /// However many ask at once, each is given a count that began after its question, and few are made.
    #[test]
    fn who_waits_takes_the_next_count() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/smi.db", folder.path().display())).unwrap();
        let (kept, counts, all) =
            (KeptCount::default(), std::sync::atomic::AtomicUsize::new(0), std::sync::Barrier::new(8));
        let counted = || {
            counts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(300));
            count(&store)
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    all.wait();
                    kept.get(true, counted).unwrap();
                });
            }
        });
        assert!(counts.into_inner() <= 2);
    }
}
