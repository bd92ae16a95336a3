//! The papers of an order, from what the service knows of it.

use super::{
    PaperStyle,
    booking::{Booking, labels},
    despatch_note::DespatchNote,
    statement::StatementPaper,
};
use crate::{
    domain::{PartySignifier, Timestamp, reflash::OrderNumber},
    service::{AgreedDelivery, OrderStatement, PackedHubs},
};

/// The labels of a delivery.
///
/// # Errors
/// When the text cannot be written.
pub(in crate::web) fn labels_of(
    order: OrderNumber,
    delivery: AgreedDelivery,
    style: PaperStyle,
) -> askama::Result<String> {
    let AgreedDelivery { number, slot, site, party, contact, hubs } = delivery;
    let booking = Booking { order, delivery: number, on: slot.on, window: slot.window, party, contact, site };
    labels(&booking, hubs.iter().map(|(chf, package)| (*chf, package)), style)
}

/// The despatch note of an order.
///
/// # Errors
/// When the text cannot be written.
pub(in crate::web) fn despatch_note_of(
    order: OrderNumber,
    (party, sent_at, hubs): (PartySignifier, Timestamp, PackedHubs),
    style: PaperStyle,
) -> askama::Result<String> {
    DespatchNote { order, sent_at, party, hubs }.html(style)
}

/// The statement of an order.
///
/// # Errors
/// When the text cannot be written.
pub(in crate::web) fn statement_of(
    order: OrderNumber,
    found: OrderStatement,
    style: PaperStyle,
) -> askama::Result<String> {
    let OrderStatement { order: of, received_at, working_days, statement } = found;
    StatementPaper { order, party: of.asked.party, received_at, working_days, statement }.html(style)
}
