//! Which days are Working Days, as the operator's file has it now.

use std::sync::{Arc, PoisonError};

use super::App;
use crate::domain::Calendar;

impl App {
    /// The calendar. [`App::replace_calendar`] replaces it.
    pub fn calendar(&self) -> Arc<Calendar> {
        // A poisoned lock is used all the same: the only write is one assignment, so the value is never half made.
        Arc::clone(&self.0.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the calendar, from the next question on.
    pub fn replace_calendar(&self, calendar: Calendar) {
        *self.0.calendar.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
    }
}
