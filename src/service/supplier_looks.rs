//! Looks for changes of Supplier: what the last one left to the next.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::Timestamp;

/// The watermark of the looks for changes of Supplier: all that took effect until then are told of. It holds while nothing that decides
/// about them is replaced, which the counter `supplier_links` shows. After a restart the first look sees all again.
#[derive(Clone, Debug, Default)]
pub(super) struct SupplierLooks(Arc<Mutex<Option<Watermark>>>);

/// A watermark, and what it holds for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watermark {
    /// The value of the counter then.
    pub(super) links: Option<i64>,
    /// The instant until which all is told of.
    pub(super) until: Timestamp,
}

impl SupplierLooks {
    /// The watermark of the last look.
    pub(super) fn get(&self) -> Option<Watermark> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the watermark of a look that told of everything.
    pub(super) fn set(&self, watermark: Watermark) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(watermark);
    }

    /// Forgets the watermark, when the store is emptied.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
