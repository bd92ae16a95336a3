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
    count: Option<(Arc<EsmeCount>, BegunCount)>,
    /// How often it was forgotten: a count that began before is not kept.
    generation: u64,
    /// How many counts began.
    begun: u64,
}

/// The beginning of a count.
#[derive(Debug)]
pub(super) struct BegunCount {
    generation: u64,
    /// Its number: counts are numbered in the order in which they begin.
    number: u64,
    age: Stopwatch,
}

/// What was asked, and when.
#[derive(Clone, Copy, Debug)]
enum CountQuestion {
    /// A count that was not begun by then: the number of the last one that was.
    New { after: u64 },
    /// Any that is kept.
    Kept,
}

impl KeptCount {
    /// The count that is kept, unless a new one is wanted; else `count` makes it, and it is kept. Who waited for another's count takes the
    /// next one that began after its own question.
    pub(super) fn get<E>(
        &self,
        is_new: bool,
        count: impl FnOnce() -> Result<EsmeCount, E>,
    ) -> Result<Arc<EsmeCount>, E> {
        self.answer(self.ask(is_new), count)
    }

    fn ask(&self, is_new: bool) -> CountQuestion {
        if is_new { CountQuestion::New { after: self.state().begun } } else { CountQuestion::Kept }
    }

    fn answer<E>(
        &self,
        question: CountQuestion,
        count: impl FnOnce() -> Result<EsmeCount, E>,
    ) -> Result<Arc<EsmeCount>, E> {
        if let Some(count) = self.kept_for(question) {
            return Ok(count);
        }
        let turn = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = self.kept_for(question) {
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

    fn kept_for(&self, question: CountQuestion) -> Option<Arc<EsmeCount>> {
        let state = self.state();
        let (count, begun) = state.count.as_ref()?;
        let is_fit = match question {
            CountQuestion::New { after } => begun.number > after,
            CountQuestion::Kept => begun.age.elapsed() < KEPT,
        };
        is_fit.then(|| Arc::clone(count))
    }

    /// Notes that a count begins.
    pub(super) fn begin(&self) -> BegunCount {
        let mut state = self.state();
        state.begun = state.begun.wrapping_add(1);
        BegunCount { generation: state.generation, number: state.begun, age: Stopwatch::start() }
    }

    /// Keeps a count, unless it was to be forgotten since it began.
    pub(super) fn keep(&self, begun: BegunCount, count: Arc<EsmeCount>) {
        let mut state = self.state();
        if state.generation == begun.generation {
            state.count = Some((count, begun));
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
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use super::*;
    use crate::{
        clock::Clock,
        db::Store,
        domain::{CodeOverrides, Timestamp},
        rules::{RuleSettings, variants::VariantSettings},
        service::variants::{VariantBasis, VariantFault},
        store::DivideBy,
    };

    fn count(store: &Store) -> Result<EsmeCount, VariantFault> {
        let (codes, clock) = (CodeOverrides::default(), Clock::fixed(Timestamp::UNIX_EPOCH));
        let basis = VariantBasis {
            settings: VariantSettings::default(),
            rules: RuleSettings::default(),
            codes: &codes,
            clock: &clock,
        };
        EsmeCount::make(store, DivideBy::Nothing, &basis, &mut |_| Ok(()))
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

    /// However many ask while ESMEs are counted, they share one count more, which begins when that one is over.
    #[test]
    fn who_waits_takes_the_next_count() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/smi.db", folder.path().display())).unwrap();
        let (kept, counts, at_once) = (KeptCount::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let counted = || {
            counts.fetch_add(1, Ordering::SeqCst);
            assert_eq!(at_once.fetch_add(1, Ordering::SeqCst), 0, "one count at a time");
            let made = count(&store);
            at_once.fetch_sub(1, Ordering::SeqCst);
            made
        };
        let (kept, counted, all_asked) = (&kept, &counted, &Barrier::new(8));
        let (first, waited) = thread::scope(|scope| {
            let mut waiting = Vec::new();
            let first = kept.get(true, || {
                // Asked while this one is counted, so that it is too old for all of them.
                for _ in 0..7 {
                    let question = kept.ask(true);
                    waiting.push(scope.spawn(move || {
                        all_asked.wait();
                        kept.answer(question, counted).unwrap()
                    }));
                }
                all_asked.wait();
                counted()
            });
            let waited = waiting.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>();
            (first.unwrap(), waited)
        });
        let all_alike = waited.iter().all(|one| Arc::ptr_eq(one, &waited[0]));
        assert!(all_alike && !Arc::ptr_eq(&first, &waited[0]));
        assert_eq!(counts.into_inner(), 2);
    }
}
