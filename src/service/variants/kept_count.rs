//! The count that pages of suspects are judged by.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::EsmeCount;
use crate::clock::Stopwatch;

/// How long the pages behind the first one are judged by the count that was made for it.
const KEPT: Duration = Duration::from_secs(600);

/// The count of the last first page. Who asks while ESMEs are counted waits for that count.
#[derive(Debug, Default)]
pub(in crate::service) struct KeptCount(Mutex<Option<(Arc<EsmeCount>, Stopwatch)>>);

impl KeptCount {
    /// The count that is kept, unless a new one is wanted; else `count` makes it, and it is kept.
    pub(super) fn get<E>(
        &self,
        is_new: bool,
        count: impl FnOnce() -> Result<EsmeCount, E>,
    ) -> Result<Arc<EsmeCount>, E> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((count, age)) = &*kept
            && !is_new
            && age.elapsed() < KEPT
        {
            return Ok(Arc::clone(count));
        }
        let age = Stopwatch::start();
        let made = Arc::new(count()?);
        *kept = Some((Arc::clone(&made), age));
        Ok(made)
    }

    /// Forgets what was counted: something was imported, or the store was emptied.
    pub(in crate::service) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
