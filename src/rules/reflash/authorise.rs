//! Authorise: the slot of a delivery, the room at the site, and every ground anew (RF/p to r; MP155-T3, R4).

use super::{
    Assessment, Checks, Circumstances, SiteLoad, TakenSlots, Verdict, quota::check_quota, reasons::named,
    slots::check_slot,
};
use crate::{
    domain::{LondonMonth, ReflashSite, reflash::Slot},
    rules::rulebook::reflash as rules,
};

/// What the authorisation of an order is judged by.
#[derive(Clone, Copy, Debug)]
pub struct AuthoriseFacts<'a> {
    /// When it is to be delivered.
    pub slot: Slot,
    /// How many hubs it has.
    pub hubs: u64,
    /// The site.
    pub site: &'a ReflashSite,
    /// The deliveries that the site has already.
    pub taken: &'a TakenSlots,
    /// The hubs that it has already.
    pub load: &'a SiteLoad,
    /// The request, looked at anew.
    pub assessment: &'a Assessment,
}

/// Judges an authorisation.
pub fn authorise(facts: AuthoriseFacts<'_>, at: Circumstances<'_>) -> Verdict<Slot> {
    let AuthoriseFacts { slot, hubs, site, taken, load, assessment } = facts;
    let mut checks = Checks::default();
    check_slot(slot, site, taken, at, &mut checks);
    check_quota(hubs, LondonMonth::of_day(slot.on), site, load, &mut checks);
    // What a request must have by itself was looked at when it came, and does not change.
    let is_of_then = |rule| [rules::DATA_COMPLETE, rules::COUNT_AGREES].contains(&rule);
    let broken = assessment.reasons.iter().filter(|reason| !is_of_then(reason.rule)).collect::<Vec<_>>();
    let saw = if broken.is_empty() { format!("all of them, for {hubs} hubs") } else { named(&broken) };
    checks.note(rules::STILL_HOLDS, broken.is_empty(), saw);
    checks.verdict(|| slot)
}
