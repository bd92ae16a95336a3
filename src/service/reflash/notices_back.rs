//! What Parties are told from the delivery on: of the way back, and what it costs (HUBS.md 4; MP155-R15, R20, R23).

use super::notices::{add_line, tell, tell_all};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Audience, NoticeChannel, Now, Recipient, RecipientName, instant_text, pounds,
        reflash::{Order, OrderHub, OrderHubState, OrderNotice, RedeliveryAsn, Unloading},
    },
    rules::reflash::{Extent, Receipt, Statement},
};

/// Tells the Party how its delivery was taken: in whole, in part with every ID, or refused (MP155-R15).
pub(super) fn delivery(
    connection: &mut Connection,
    order: &Order,
    (receipt, unloading): (&Receipt, Unloading),
    now: Now,
) -> Result<(), StoreFault> {
    let extent = match receipt.extent {
        Extent::Whole => "accepted in whole",
        Extent::Part => "accepted in part",
        Extent::Nothing => "refused",
    };
    let mut text = format!("The delivery of {} is {extent}.\n\n", order.number);
    add_line(&mut text, &format!("Unloaded by the {}", unloading.by()));
    add_line(&mut text, &format!("Liability passed: {}", instant_text(unloading.liability_passed_at())));
    for (title, state) in [
        ("Accepted", OrderHubState::Accepted),
        ("Not accepted, with the reasons; they go back", OrderHubState::NotAccepted),
        ("Missing", OrderHubState::Missing),
    ] {
        if receipt.extent == Extent::Whole {
            add_line(&mut text, &format!("Hubs accepted: {}", receipt.count(OrderHubState::Accepted)));
            break;
        }
        add_line(&mut text, &format!("\n{title}: {}", receipt.count(state)));
        for hub in receipt.hubs.iter().filter(|hub| hub.state == state) {
            let reasons = hub.reasons.iter().map(|reason| format!(", {} ({})", reason.label, reason.rule.id));
            add_line(&mut text, &format!("- {}{}", hub.chf, reasons.collect::<String>()));
        }
    }
    if !receipt.findings.is_empty() {
        text.push_str("\nFindings:\n");
        for finding in &receipt.findings {
            add_line(&mut text, &format!("- {}: {}", finding.kind, finding.saw));
        }
    }
    let subject = format!("Re-flash order {}: the delivery is {extent}", order.number);
    tell(connection, order, OrderNotice::Delivery, &subject, text, now)
}

/// Tells the Party that the work is done: counts and IDs, and where and when the hubs go back (MP155-R20).
pub(super) fn completed(
    connection: &mut Connection,
    order: &Order,
    hubs: &[OrderHub],
    now: Now,
) -> Result<(), StoreFault> {
    let mut text = format!("The work on {} is done.\n", order.number);
    let of = |state| hubs.iter().filter(move |hub| hub.state == state);
    add_line(&mut text, &format!("\nRe-flashed: {}", of(OrderHubState::Reflashed).count()));
    for hub in of(OrderHubState::Reflashed) {
        let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let (chf, firmware) =
            (hub.chf.map(|chf| chf.to_string()), hub.target.as_ref().map(ToString::to_string));
        add_line(&mut text, &format!("- {}, firmware {}", shown(chf), shown(firmware)));
    }
    add_line(&mut text, &format!("\nFailed, to be scrapped: {}", of(OrderHubState::Failed).count()));
    for hub in of(OrderHubState::Failed) {
        let chf = hub.chf.map(|chf| chf.to_string()).unwrap_or_default();
        let report = hub.fault.as_ref().map(|(report, reference)| format!("report {report}, {reference}"));
        add_line(&mut text, &format!("- {chf}, {}", report.unwrap_or_default()));
    }
    if order.state.is_open() {
        let (on, window) = (order.asked.redeliver_on, order.asked.window);
        let when = on.zip(window).map(|(on, window)| format!("{on}, {window}")).unwrap_or_default();
        let location = order.asked.location.as_ref().map(ToString::to_string).unwrap_or_default();
        add_line(&mut text, &format!("\nRe-delivery: {when}, to {location}"));
    }
    let subject = format!("Re-flash order {} is completed", order.number);
    tell(connection, order, OrderNotice::Completed, &subject, text, now)
}

/// Tells the Party that its hubs are on their way back; and whoever puts the ASN on SharePoint (MP155-R23).
pub(super) fn released(
    connection: &mut Connection,
    order: &Order,
    asn: RedeliveryAsn,
    hubs: usize,
    now: Now,
) -> Result<(), StoreFault> {
    let location = order.asked.location.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = format!("{hubs} hubs of {} are released to {location} under {asn}.\n", order.number);
    let subject = format!("Re-flash order {} is released: {asn}", order.number);
    let name = "SharePoint".parse::<RecipientName>().map_err(|reason| StoreFault::Corrupt {
        table: "recipients",
        column: "name",
        reason: reason.to_string(),
    })?;
    let by_hand =
        Recipient { channel: NoticeChannel::Hand, ..Recipient::new(Audience::ServiceProvider, name, None) };
    tell_all(connection, order, OrderNotice::Released, &subject, (text, vec![by_hand]), now)
}

/// Tells the Party what the order costs.
pub(super) fn statement(
    connection: &mut Connection,
    order: &Order,
    statement: &Statement,
    now: Now,
) -> Result<(), StoreFault> {
    let mut text =
        format!("Statement of {}, charges of the Regulatory Year {}.\n\n", order.number, statement.year);
    for line in &statement.lines {
        let band = line.band.as_ref().map_or("not recorded".to_owned(), ToString::to_string);
        let each =
            line.charge.map_or("charge not known".to_owned(), |charge| format!("{} each", pounds(charge)));
        add_line(&mut text, &format!("- {band}: {} accepted, {each}; {} failed", line.accepted, line.failed));
    }
    if let Some(totals) = statement.totals {
        let (charged, credited) = (pounds(totals.charged), pounds(totals.credited));
        add_line(
            &mut text,
            &format!("\nCharged {charged}, credited {credited}, to pay {}", pounds(totals.due())),
        );
    }
    text.push_str("\nWithout transport and taxes. The monthly charges K7.5 (o) and (p) go on as before.\n");
    let subject = format!("Re-flash order {}: statement", order.number);
    tell(connection, order, OrderNotice::Statement, &subject, text, now)
}
