//! How many hubs a site takes: in a month, and at once (RF/q; MP155-T6 ).

use std::collections::BTreeMap;

use super::Checks;
use crate::{
    domain::{LondonMonth, ReflashSite},
    rules::rulebook::reflash as rules,
};

/// The hubs of a site's other orders: those that are accepted, before receipt those that are listed. Orders that are Cancelled, Rejected
/// or Refused have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteLoad {
    /// Of the orders with a delivery in each month.
    pub by_month: BTreeMap<LondonMonth, u64>,
    /// On the orders from Authorised to Done.
    pub at_once: u64,
}

/// How many months are looked at for one with room: more than ten years.
const MONTHS_AHEAD: usize = 150;

/// Checks that a site takes so many hubs in that month.
pub(super) fn check_quota(
    hubs: u64,
    month: LondonMonth,
    site: &ReflashSite,
    load: &SiteLoad,
    checks: &mut Checks,
) {
    let in_month = load.by_month.get(&month).copied().unwrap_or(0).saturating_add(hubs);
    let per_month = site.hubs_per_month.map(|limit| u64::from(limit.get()));
    let is_within_month = per_month.is_none_or(|limit| in_month <= limit);
    let at_once = load.at_once.saturating_add(hubs);
    let max_hubs = site.max_hubs.map(|limit| u64::from(limit.get()));
    let is_within = max_hubs.is_none_or(|limit| at_once <= limit);
    let limit_text =
        |limit: Option<u64>| limit.map_or("any number".to_owned(), |limit| format!("at most {limit}"));
    let mut saw = format!(
        "with these {hubs} the site has {in_month} hubs in {} of {}, and {at_once} at once of {}",
        month.in_words(),
        limit_text(per_month),
        limit_text(max_hubs)
    );
    if let Some(limit) = per_month.filter(|_| !is_within_month) {
        saw.push_str("; ");
        saw.push_str(&match next_with_room(hubs, month, limit, load) {
            Some(month) => format!("the next month with room is {}", month.in_words()),
            None => "no month has room for so many".to_owned(),
        });
    }
    checks.note(rules::QUOTA, is_within_month && is_within, saw);
}

/// The first month after that one with room for so many hubs.
fn next_with_room(hubs: u64, after: LondonMonth, per_month: u64, load: &SiteLoad) -> Option<LondonMonth> {
    let later = std::iter::successors(after.next(), |month| month.next()).take(MONTHS_AHEAD);
    let has_room = |month: &LondonMonth| {
        load.by_month.get(month).copied().unwrap_or(0).saturating_add(hubs) <= per_month
    };
    later.into_iter().find(has_room)
}
