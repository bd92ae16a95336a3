//! Working Days and Working Hours, as re-deliveries and deliveries must keep them.

use crate::domain::{
    Calendar, CodeOverrides, Date,
    reflash::{DayWindow, Slot},
};

use super::ReflashSettings;

/// What every decision about an order goes by, beside its facts.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The operator's settings.
    pub settings: &'a ReflashSettings,
    /// Which days are Working Days.
    pub calendar: &'a Calendar,
    /// Today: the London day.
    pub today: Date,
    /// The operator's code overrides.
    pub codes: &'a CodeOverrides,
}

impl Circumstances<'_> {
    /// Why nobody works on that day from today on; none where somebody does.
    pub(super) fn day_fault(&self, day: Date) -> Option<String> {
        if day < self.today {
            return Some(format!("{day} is before today, {}", self.today));
        }
        if self.calendar.is_working_day(day) {
            return None;
        }
        let what = self.calendar.name(day).map_or_else(|| day.strftime("%A").to_string(), str::to_owned);
        Some(format!("{day} is no Working Day: {what}"))
    }

    /// Why nobody works throughout that window; none where somebody does.
    pub(super) fn window_fault(&self, window: DayWindow) -> Option<String> {
        let hours = self.settings.working_hours;
        (!window.lies_in(hours)).then(|| format!("{window} is not in Working Hours, {hours}"))
    }

    /// Whether a re-delivery may come then (RF/o), and what was seen.
    pub(super) fn redelivery(&self, slot: Slot) -> (bool, String) {
        let faults = self.day_fault(slot.on).into_iter().chain(self.window_fault(slot.window));
        let faults = faults.collect::<Vec<_>>();
        if faults.is_empty() { (true, slot.to_string()) } else { (false, faults.join("; ")) }
    }
}
