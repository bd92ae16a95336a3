//! The end of the work, and the way back: Finish, Amend, Release (RF/u, v, w; MP155-R17, R20 to R24).

use super::{Checks, Circumstances, Verdict, sites::own_address};
use crate::{
    domain::{
        Eui64, FarDate, FirmwareVersion, LocationId, PartySignifier, StockLocation,
        reflash::{Finding, FindingKind, HeldHub, NoHub, OrderHubState, OrderState, Slot},
    },
    rules::rulebook::reflash as rules,
};

/// The end of the work of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Done; or Closed where no hub was re-flashed, so that none goes back.
    pub state: OrderState,
    /// When the hubs go back, where any do.
    pub redelivery: Option<Slot>,
}

/// How many hubs of an order are in each state that counts at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubCounts {
    /// Accepted, without outcome.
    pub accepted: u32,
    /// Re-flashed.
    pub reflashed: u32,
    /// Failed.
    pub failed: u32,
}

impl HubCounts {
    /// Counts those of an order.
    pub fn of(states: impl IntoIterator<Item = OrderHubState>) -> Self {
        let mut counts = Self::default();
        for state in states {
            match state {
                OrderHubState::Accepted => counts.accepted += 1,
                OrderHubState::Reflashed => counts.reflashed += 1,
                OrderHubState::Failed => counts.failed += 1,
                OrderHubState::Listed | OrderHubState::NotAccepted | OrderHubState::Missing => {}
            }
        }
        counts
    }
}

/// Judges the end of the work: `wanted` is when the hubs were to go back, with what Finish says otherwise. Where that has passed, is
/// today or is no Working Day, another day must be given.
pub fn finish(hubs: HubCounts, guidance: &str, wanted: Slot, at: Circumstances<'_>) -> Verdict<Finished> {
    let HubCounts { accepted, reflashed, failed } = hubs;
    let mut checks = Checks::default();
    let named =
        if guidance.is_empty() { "no guidance is named".to_owned() } else { format!("guidance {guidance}") };
    let saw = format!("{reflashed} re-flashed, {failed} failed, {accepted} without outcome; {named}");
    checks.note(rules::ALL_HAVE_OUTCOMES, accepted == 0 && !guidance.is_empty(), saw);
    let goes_back = reflashed > 0;
    if goes_back {
        let (in_hours, saw) = at.redelivery(wanted);
        let is_today = wanted.on == at.today;
        let saw = if is_today { format!("{saw}; that is today: another day must be given") } else { saw };
        checks.note(rules::IN_WORKING_HOURS, in_hours && !is_today, saw);
    }
    checks.verdict(|| Finished {
        state: if goes_back { OrderState::Done } else { OrderState::Closed },
        redelivery: goes_back.then_some(wanted),
    })
}

/// A re-delivery as it is to be after an amendment.
#[derive(Clone, Copy, Debug)]
pub struct Amendment<'a> {
    /// When it stands now.
    pub stands: Slot,
    /// When it is to be.
    pub slot: Slot,
    /// Where it is to go.
    pub location: &'a LocationId,
    /// That location, where it is listed.
    pub listed: Option<&'a StockLocation>,
    /// The Party of the order.
    pub party: &'a PartySignifier,
}

/// Judges an amendment of the re-delivery.
///
/// # Errors
/// When the calendar does not reach as far as the limit.
pub fn amend(amendment: Amendment<'_>, at: Circumstances<'_>) -> Result<Verdict<Slot>, FarDate> {
    let Amendment { stands, slot, location, listed, party } = amendment;
    let mut checks = Checks::default();
    let (in_time, saw) = match at.settings.amend_working_days {
        None => (true, "no limit is set".to_owned()),
        Some(days) => {
            let last = at.calendar.working_days_after(at.today, days)?;
            (
                last <= stands.on,
                format!("{days} Working Days from today are {last}, it stands for {}", stands.on),
            )
        }
    };
    checks.note(rules::AMENDED_IN_TIME, in_time, saw);
    let (is_own, saw) = own_address(location, listed, party);
    checks.note(rules::OWN_ADDRESS, is_own, saw);
    let (in_hours, saw) = at.redelivery(slot);
    checks.note(rules::IN_WORKING_HOURS, in_hours, saw);
    Ok(checks.verdict(|| slot))
}

/// A re-flashed hub as the SMI has it when it is to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturningHub {
    /// The CHF.
    pub chf: Eui64,
    /// The firmware that it was to get, and has.
    pub target: FirmwareVersion,
    /// The hub in the SMI now, or why there is none.
    pub hub: Result<HeldHub, NoHub>,
    /// The firmware of the GPF as the SMI has it.
    pub gpf_firmware: Option<FirmwareVersion>,
}

/// Judges the release of the hubs that were re-flashed. One that is not Pending any more is noted and holds nothing up.
pub fn release(
    hubs: &[ReturningHub],
    location: &LocationId,
    listed: Option<&StockLocation>,
    party: &PartySignifier,
) -> Verdict<Vec<Finding>> {
    let (is_own, saw_location) = own_address(location, listed, party);
    let mut stale = Vec::new();
    let mut findings = Vec::new();
    for hub in hubs {
        match &hub.hub {
            Ok(held) if held.is_pending() => stale.extend(stale_text(hub, held)),
            Ok(held) => {
                let saw = format!("{}: {}", hub.chf, held.statuses());
                findings.push(Finding::new(FindingKind::NotPending, saw));
            }
            Err(why) => {
                let saw = format!("{}: {}", hub.chf, why.as_str());
                findings.push(Finding::new(FindingKind::NotPending, saw));
            }
        }
    }
    let saw = if stale.is_empty() {
        format!("{saw_location}; {} hubs are as the SMI shows them", hubs.len())
    } else {
        format!("{saw_location}; {}", stale.join("; "))
    };
    let mut checks = Checks::default();
    checks.note(rules::SMI_IS_UPDATED, is_own && stale.is_empty(), saw);
    checks.verdict(|| findings)
}

/// What the SMI shows of a hub, where that is not its target.
fn stale_text(hub: &ReturningHub, held: &HeldHub) -> Option<String> {
    let text =
        |firmware: Option<&FirmwareVersion>| firmware.map_or("none", FirmwareVersion::as_str).to_owned();
    let shown = [held.firmware_version.as_ref(), hub.gpf_firmware.as_ref()];
    let is_stale = shown.iter().any(|firmware| *firmware != Some(&hub.target));
    let [chf, gpf] = shown.map(text);
    is_stale.then(|| format!("{}: CHF {chf}, GPF {gpf}, its target is {}", hub.chf, hub.target))
}
