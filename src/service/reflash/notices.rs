//! What Parties are told of their orders (HUBS.md 4; MP155-R6, R12, T3).

use std::fmt::Write as _;

use crate::{
    db::{Connection, StoreFault},
    domain::{
        Audience, LocationUse, Notice, Now, Recipient, RecipientName, StockLocation,
        reflash::{KeptReason, Order, OrderHub, OrderNotice, Slot},
    },
    rules::reflash::labels,
    store,
};

/// Tells the Party that its request, or its order, is rejected: with every reason.
pub(super) fn rejected(
    connection: &mut Connection,
    order: &Order,
    reasons: &[KeptReason],
    note: Option<&str>,
    now: Now,
) -> Result<(), StoreFault> {
    let mut text = format!(
        "The request {} of {} is rejected. It can be amended and sent again, naming {}.\n",
        order.number, order.asked.party, order.number
    );
    add_note(&mut text, note);
    text.push_str("\nReasons:\n");
    for reason in reasons {
        add_line(&mut text, &reason_line(reason));
    }
    let subject = format!("Re-flash request {} is rejected", order.number);
    tell(connection, order, OrderNotice::Rejected, &subject, text, now)
}

fn reason_line(reason: &KeptReason) -> String {
    let of_line = reason.line.map(|line| format!("line {line}, ")).unwrap_or_default();
    let chf = reason.chf.map(|chf| format!("{chf}, ")).unwrap_or_default();
    format!("- {of_line}{chf}{} ({}): {}", reason.label, reason.rule, reason.reason)
}

/// Tells the Party that its order is authorised: everything of MP155-T3, and the labels.
pub(super) fn authorised(
    connection: &mut Connection,
    order: &Order,
    (site, contact): (&StockLocation, &str),
    hubs: &[OrderHub],
    now: Now,
) -> Result<(), StoreFault> {
    let mut text = format!(
        "The request {} of {} is accepted as it was asked, and authorised.\n\n",
        order.number, order.asked.party
    );
    let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let contact = order.contact.as_ref().map_or(contact, |contact| contact.as_str());
    for (name, value) in [
        ("Booking reference", order.number.to_string()),
        ("Delivery to", format!("{}, {}, {}, {}", site.id, site.name, site.address, site.postcode)),
        ("Delivery date and window", shown(order.delivery.map(|slot| slot.to_string()))),
        ("Delivery number", shown(order.delivery_number().map(|number| number.to_string()))),
        ("Hubs", hubs.len().to_string()),
        ("Purchase order", shown(order.purchase_order.as_ref().map(ToString::to_string))),
        ("Work Order", shown(order.work_order.as_ref().map(ToString::to_string))),
        ("Contact", if contact.is_empty() { "-".to_owned() } else { contact.to_owned() }),
    ] {
        add_line(&mut text, &format!("{name}: {value}"));
    }
    text.push_str("\nLabels, one on each:\n");
    let packed = hubs.iter().filter_map(|hub| Some((hub.chf?, &hub.package)));
    for label in labels(packed) {
        add_line(&mut text, &format!("- {}: {}", label.count(), label.on));
    }
    let subject = format!("Re-flash order {} is authorised", order.number);
    tell(connection, order, OrderNotice::Authorised, &subject, text, now)
}

/// Tells the Party that the delivery moves to the time that it named.
pub(super) fn late_accepted(
    connection: &mut Connection,
    order: &Order,
    slot: Slot,
    now: Now,
) -> Result<(), StoreFault> {
    let number = order.delivery_number().map(|number| number.to_string()).unwrap_or_default();
    let text = format!("The delivery {number} of {} is expected at {slot} instead.\n", order.number);
    let subject = format!("Re-flash order {}: the later arrival is accepted", order.number);
    tell(connection, order, OrderNotice::LateAccepted, &subject, text, now)
}

/// Tells the Party that its slot is void, with every open one (MP155-R12).
pub(super) fn late_refused(
    connection: &mut Connection,
    order: &Order,
    open: &[Slot],
    reasons: &str,
    now: Now,
) -> Result<(), StoreFault> {
    let mut text = format!(
        "The delivery of {} cannot be taken: its slot and its delivery number are void. It waits for another authorisation.\n",
        order.number
    );
    add_note(&mut text, Some(reasons).filter(|reasons| !reasons.is_empty()));
    text.push_str("\nOpen slots:\n");
    for slot in open {
        add_line(&mut text, &format!("- {slot}"));
    }
    let subject = format!("Re-flash order {}: the delivery is to be agreed anew", order.number);
    tell(connection, order, OrderNotice::LateRefused, &subject, text, now)
}

fn add_note(text: &mut String, note: Option<&str>) {
    if let Some(note) = note {
        add_line(text, &format!("\n{note}"));
    }
}

pub(super) fn add_line(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _written = writeln!(text, "{line}");
}

/// Records a notice to the Party of an order: by mail to the contact of the order's location, where that is the Party's.
pub(super) fn tell(
    connection: &mut Connection,
    order: &Order,
    kind: OrderNotice,
    subject: &str,
    text: String,
    now: Now,
) -> Result<(), StoreFault> {
    tell_all(connection, order, kind, subject, (text, Vec::new()), now)
}

/// The same, to others too.
pub(super) fn tell_all(
    connection: &mut Connection,
    order: &Order,
    kind: OrderNotice,
    subject: &str,
    (text, others): (String, Vec<Recipient>),
    now: Now,
) -> Result<(), StoreFault> {
    let location = match &order.asked.location {
        Some(location) => store::find_location(connection, location)?,
        None => None,
    };
    let is_own = |location: &StockLocation| match &location.used_as {
        LocationUse::OfParty(party) => *party == order.asked.party,
        LocationUse::Site(_) => false,
    };
    let address = location.filter(is_own).map(|location| location.contact_email);
    let corrupt = |reason: crate::domain::Malformed| StoreFault::Corrupt {
        table: "notices",
        column: "subject",
        reason: reason.to_string(),
    };
    let name = order.asked.party.as_str().parse::<RecipientName>().map_err(corrupt)?;
    let recipient =
        Recipient { user: Some(order.asked.user), ..Recipient::new(Audience::Party, name, address) };
    let notice = Notice {
        kind: kind.as_str().parse().map_err(corrupt)?,
        subject: subject.parse().map_err(corrupt)?,
        text,
        about: order.number.to_string(),
        created_at: now.0,
        recipients: std::iter::once(recipient).chain(others).collect(),
    };
    store::record_notice(connection, &notice).map(drop)
}
