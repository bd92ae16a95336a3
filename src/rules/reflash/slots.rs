//! Slots for deliveries: which are open at a site (RF/p; MP155-T3, R12).

use std::collections::BTreeMap;

use super::{Checks, Circumstances};
use crate::{
    domain::{
        FarDate, ReflashSite,
        reflash::{DayWindow, Slot},
    },
    rules::rulebook::reflash as rules,
};

/// How many deliveries a site has in each slot, without that of the order in question.
pub type TakenSlots = BTreeMap<Slot, u32>;

/// Checks the slot of a delivery. It is not bound by `slot_horizon`, which only says how far ahead slots are listed.
pub(super) fn check_slot(
    slot: Slot,
    site: &ReflashSite,
    taken: &TakenSlots,
    at: Circumstances<'_>,
    checks: &mut Checks,
) {
    let windows = &at.settings.windows;
    let is_listed = windows.contains(&slot.window);
    let of_window = (!is_listed).then(|| format!("{} is not one of {}", slot.window, windows_text(windows)));
    let of_place =
        (!is_open(slot, site, taken)).then(|| format!("{} in {slot}", saw_places(slot, site, taken)));
    let faults = at.day_fault(slot.on).into_iter().chain(of_window).chain(of_place).collect::<Vec<_>>();
    let saw = if faults.is_empty() {
        format!("{slot}; {}", saw_places(slot, site, taken))
    } else {
        faults.join("; ")
    };
    checks.note(rules::SLOT_OPEN, faults.is_empty(), saw);
}

fn windows_text(windows: &[DayWindow]) -> String {
    windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn is_open(slot: Slot, site: &ReflashSite, taken: &TakenSlots) -> bool {
    let deliveries = taken.get(&slot).copied().unwrap_or(0);
    site.deliveries_per_window.is_none_or(|limit| deliveries < limit.get())
}

fn saw_places(slot: Slot, site: &ReflashSite, taken: &TakenSlots) -> String {
    let deliveries = taken.get(&slot).copied().unwrap_or(0);
    match site.deliveries_per_window {
        None => format!("{deliveries} deliveries, of which the site takes any number"),
        Some(limit) => format!("{deliveries} deliveries of at most {limit}"),
    }
}

/// Every open slot of the next `slot_horizon` Working Days, tomorrow first (MP155-R12).
///
/// # Errors
/// When the calendar does not reach so far.
pub fn open_slots(
    site: &ReflashSite,
    taken: &TakenSlots,
    at: Circumstances<'_>,
) -> Result<Vec<Slot>, FarDate> {
    let mut open = Vec::new();
    let mut day = at.today;
    for _ in 0..at.settings.slot_horizon {
        day = at.calendar.working_days_after(day, 1)?;
        let slots = at.settings.windows.iter().map(|window| Slot { on: day, window: *window });
        open.extend(slots.filter(|slot| is_open(*slot, site, taken)));
    }
    Ok(open)
}
