//! The grounds of a request: every one is looked at, and all that fail are told together (RF/a to o; MP155-T2).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Circumstances,
    line_grounds::{self, LineContext},
    packages::{PackageCounts, package_of},
    reasons::{Reasons, named},
    sites::{own_address, serves},
};
use crate::{
    domain::{
        Eui64, LocationId, Rule, Step, StockLocation,
        reflash::{Reason, ReasonLabel, ReflashRequest, RequestFacts, RequestLine, RequestedHub},
    },
    rules::rulebook::reflash as rules,
};

/// What is to be said about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The site: the one that the request names, where it is listed, or the one that was found.
    pub site: Option<LocationId>,
    /// Every reason: those of the request as a whole, then line by line, in the order of the rules.
    pub reasons: Vec<Reason>,
    /// One check for each ground.
    pub checks: Vec<Step>,
}

impl Assessment {
    /// Whether the request is rejected: one ground is enough, for the whole of it (MP155-R5).
    pub fn is_rejected(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// The lines without fault, which may be sent again.
    pub fn good_lines<'r>(&self, request: &'r ReflashRequest) -> Vec<&'r RequestLine> {
        let faulty = self.reasons.iter().filter_map(|reason| reason.line).collect::<BTreeSet<_>>();
        request.lines.iter().filter(|line| !faulty.contains(&line.line)).collect()
    }
}

/// Looks at every ground of a request.
pub fn assess(request: &ReflashRequest, facts: &RequestFacts, at: Circumstances<'_>) -> Assessment {
    let mut reasons = Reasons::new(at.codes);
    let site = site_of(request, facts);
    whole_request(request, facts, at, &mut reasons);
    let context = LineContext {
        party: &request.party,
        facts,
        site,
        first_lines: first_lines(request),
        packages: PackageCounts::of(lines(request, facts).map(|(line, hub)| package_of(line, hub))),
        at,
    };
    for (line, hub) in lines(request, facts) {
        line_grounds::look_at(line, hub, &context, &mut reasons);
    }
    let reasons = reasons.into_all();
    let checks = rules::GROUNDS.iter().map(|rule| check(rule, &reasons, request.lines.len(), at)).collect();
    Assessment { site: site.map(|site| site.id.clone()), reasons, checks }
}

/// The lines with the facts about their hubs.
fn lines<'a>(
    request: &'a ReflashRequest,
    facts: &'a RequestFacts,
) -> impl Iterator<Item = (&'a RequestLine, Option<&'a RequestedHub>)> {
    let hubs = facts.hubs.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    request.lines.iter().zip(hubs)
}

fn first_lines(request: &ReflashRequest) -> BTreeMap<Eui64, u32> {
    let mut first = BTreeMap::new();
    for line in &request.lines {
        if let Some(chf) = line.chf {
            first.entry(chf).or_insert(line.line);
        }
    }
    first
}

/// The site that a request names, or the first by ID that serves the region of its first hub (RF/i).
fn site_of<'f>(request: &ReflashRequest, facts: &'f RequestFacts) -> Option<&'f StockLocation> {
    if let Some(named) = &request.site {
        return facts.sites.iter().find(|site| site.id == *named);
    }
    let known = facts.hubs.iter().flatten().find_map(|hub| hub.hub.as_ref().ok())?;
    facts.sites.iter().filter(|site| serves(site, known.region)).min_by_key(|site| &site.id)
}

/// The grounds of the request as a whole: RF/a, b, j and o.
fn whole_request(
    request: &ReflashRequest,
    facts: &RequestFacts,
    at: Circumstances<'_>,
    reasons: &mut Reasons<'_>,
) {
    let ReflashRequest { party, hubs, location, redeliver_on, window, site: _, lines } = request;
    for (column, is_missing) in [
        ("hubs", hubs.is_none()),
        ("location", location.is_none()),
        ("redeliver_on", redeliver_on.is_none()),
        ("window", window.is_none()),
    ] {
        if is_missing {
            reasons.add(ReasonLabel::MissingData, None, Some(column), format!("`{column}` is empty"));
        }
    }
    if let Some(stated) = hubs.filter(|stated| usize::try_from(*stated) != Ok(lines.len())) {
        let saw = format!("{stated} hubs stated, {} lines", lines.len());
        reasons.add(ReasonLabel::CountDiffers, None, Some("hubs"), saw);
    }
    if let Some(named) = location {
        let (is_own, saw) = own_address(named, facts.location.as_ref(), party);
        if !is_own {
            reasons.add(
                ReasonLabel::AddressNotListed,
                None,
                Some("location"),
                format!("{saw}; the Party is {party}"),
            );
        }
    }
    let of_day = redeliver_on.and_then(|day| at.day_fault(day));
    let of_window = window.and_then(|window| at.window_fault(window));
    let column = if of_day.is_some() { "redeliver_on" } else { "window" };
    let faults = of_day.into_iter().chain(of_window).collect::<Vec<_>>();
    if !faults.is_empty() {
        reasons.add(ReasonLabel::OutsideWorkingHours, None, Some(column), faults.join("; "));
    }
}

/// One ground over the whole of a request: that nothing fails it, or what does.
fn check(rule: &'static Rule, reasons: &[Reason], lines: usize, at: Circumstances<'_>) -> Step {
    let broken = reasons.iter().filter(|reason| reason.rule == rule).collect::<Vec<_>>();
    let saw = if broken.is_empty() && rule == rules::HUB_DELIVERED && at.settings.supply_chain {
        "not asked: `reflash.supply_chain` is on".to_owned()
    } else if broken.is_empty() {
        format!("nothing of the request and its {lines} lines fails it")
    } else {
        named(&broken)
    };
    Step { rule, holds: broken.is_empty(), saw }
}
