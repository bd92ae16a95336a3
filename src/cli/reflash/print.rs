//! Orders for people.

use crate::{
    cli::say::say,
    web::{OrderBody, OrderSummary, ShownReason},
};

pub(super) fn summary(order: &OrderSummary) {
    let OrderSummary { order: number, state, party, site, hubs, delivery, redelivery, .. } = order;
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let all = hubs.listed + hubs.accepted + hubs.not_accepted + hubs.missing + hubs.reflashed + hubs.failed;
    let delivery = delivery.as_ref().map_or("-".to_owned(), |one| format!("{} {}", one.on, one.window));
    let number = number.as_deref().unwrap_or("not kept");
    say!(
        "{number}  {state}  {party} to {}, {all} hubs; delivery {delivery}; back to {} on {} {}",
        shown(site),
        shown(&redelivery.location),
        shown(&redelivery.on),
        shown(&redelivery.window)
    );
}

pub(super) fn order(order: &OrderBody) {
    summary(&order.summary);
    say!(
        "allowed: {}",
        if order.allowed.is_empty() { "nothing".to_owned() } else { order.allowed.join(", ") }
    );
    for finding in &order.findings {
        say!("finding: {}: {}", finding.finding, finding.saw);
    }
    for act in &order.acts {
        let to = act.to.as_deref().unwrap_or("-");
        let more = [&act.detail, &act.reason].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
        say!(
            "{}  {} by {}: {to}{}",
            act.at,
            act.act,
            act.by,
            if more.is_empty() { more } else { format!(" ({more})") }
        );
        for check in &act.checks {
            say!("    {:7} {} {}", check.rule, if check.holds { "holds" } else { "FAILED" }, check.saw);
        }
    }
    reasons(&order.reasons, order.reasons_total);
}

fn reasons(reasons: &[ShownReason], total: usize) {
    for reason in reasons {
        let line = reason.line.map(|line| format!("line {line}  ")).unwrap_or_default();
        let chf = reason.chf_device_id.as_ref().map(|chf| format!("{chf}  ")).unwrap_or_default();
        say!("{line}{chf}{}  {}  {}", reason.label, reason.rule, reason.reason);
    }
    if total > reasons.len() {
        say!("and {} more", total - reasons.len());
    }
}
