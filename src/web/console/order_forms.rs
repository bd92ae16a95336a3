//! The forms of an order: exactly one for each event that is allowed now, with what it needs.

use super::{act_form::ActForm, form::Form, order_fields::Field};
use crate::{
    domain::{
        LocationId,
        reflash::{DayWindow, Order, OrderEvent, OrderState, ReasonLabel, Slot},
    },
    rules::reflash::transition,
};

/// What forms offer to choose from.
pub(super) struct Offers {
    pub(super) slots: Vec<Slot>,
    pub(super) windows: Vec<DayWindow>,
    /// The locations of the order's Party.
    pub(super) locations: Vec<LocationId>,
    /// Now, as a field of a time takes it.
    pub(super) now: String,
}

/// What was sent and not taken: the key of the form, and what was filled in.
pub(super) type Kept<'a> = Option<(&'a str, &'a Form)>;

/// The forms of these events, that which leads on first.
pub(super) fn forms(order: &Order, allowed: &[OrderEvent], offers: &Offers, kept: Kept<'_>) -> Vec<ActForm> {
    let next = leading_on(order);
    let mut events = OrderEvent::ALL.iter().filter(|event| allowed.contains(event)).collect::<Vec<_>>();
    events.sort_by_key(|event| Some(**event) != next);
    let mut forms = events.into_iter().flat_map(|event| of_event(order, *event, offers)).collect::<Vec<_>>();
    for form in &mut forms {
        let sent = kept.filter(|(key, _)| *key == form.key.as_str()).map(|(_, sent)| sent);
        form.is_open =
            sent.is_some() || (kept.is_none() && next.is_some_and(|next| next.as_str() == form.key));
        if let Some(sent) = sent {
            form.fields.iter_mut().for_each(|field| field.keep(sent));
        }
    }
    forms
}

/// The event that leads to the next state of an order's life.
const fn leading_on(order: &Order) -> Option<OrderEvent> {
    match order.state {
        OrderState::Submitted => Some(OrderEvent::Authorise),
        OrderState::Authorised | OrderState::Despatched if order.late.is_some() => {
            Some(OrderEvent::AcceptLate)
        }
        OrderState::Authorised => Some(OrderEvent::Despatch),
        OrderState::Despatched => Some(OrderEvent::Receive),
        OrderState::Received => Some(OrderEvent::Start),
        OrderState::InWork => Some(OrderEvent::Outcome),
        OrderState::Done => Some(OrderEvent::Release),
        OrderState::Released => Some(OrderEvent::Redelivered),
        OrderState::Rejected | OrderState::Refused | OrderState::Closed | OrderState::Cancelled => None,
    }
}

fn of_event(order: &Order, event: OrderEvent, offers: &Offers) -> Vec<ActForm> {
    let (title, hint) = words(event);
    let row = transition(event, Some(order.state), order.late.is_some());
    let by = row.map(|row| row.by.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(" or "));
    let key = event.as_str();
    let form = |title, fields| ActForm {
        key: key.to_owned(),
        title,
        by: by.clone().unwrap_or_default(),
        hint,
        action: format!("/orders/{}/events", order.number),
        fields,
        is_upload: false,
        is_open: false,
    };
    let upload = |key: &str, title, to: &str, fields| ActForm {
        key: key.to_owned(),
        action: format!("/orders/{}/{to}", order.number),
        is_upload: true,
        ..form(title, fields)
    };
    match event {
        OrderEvent::Receive => vec![upload(key, title, "received", delivery_fields(key, offers, false))],
        OrderEvent::Outcome => vec![upload(key, title, "outcomes", vec![Field::file(key)])],
        OrderEvent::Correct => {
            let (delivery, outcomes) = ("CorrectDelivery", "CorrectOutcomes");
            let of_delivery = delivery_fields(delivery, offers, true);
            let mut forms = vec![upload(delivery, "Correct the delivery", "received", of_delivery)];
            if order.state == OrderState::InWork {
                let fields = vec![Field::area(outcomes, "reason", "Why").required(), Field::file(outcomes)];
                forms.push(upload(outcomes, "Correct outcomes", "outcomes", fields));
            }
            forms
        }
        OrderEvent::Batch => {
            vec![ActForm { action: format!("/orders/{}/batches", order.number), ..form(title, Vec::new()) }]
        }
        // Before there is an order.
        OrderEvent::Request => Vec::new(),
        OrderEvent::Authorise
        | OrderEvent::Reject
        | OrderEvent::Cancel
        | OrderEvent::Withdraw
        | OrderEvent::Despatch
        | OrderEvent::Late
        | OrderEvent::AcceptLate
        | OrderEvent::RefuseLate
        | OrderEvent::Start
        | OrderEvent::Finish
        | OrderEvent::Amend
        | OrderEvent::Release
        | OrderEvent::Redelivered => vec![form(title, fields(order, event, offers))],
    }
}

/// What an event is called on its button, and what it does.
const fn words(event: OrderEvent) -> (&'static str, &'static str) {
    match event {
        OrderEvent::Request => ("Request", ""),
        OrderEvent::Authorise => (
            "Authorise",
            "Agrees a delivery in an open slot. Every ground is looked at anew; the Party is told, with the labels.",
        ),
        OrderEvent::Reject => ("Reject", "The whole request. The Party is told, with the reasons."),
        OrderEvent::Cancel => ("Cancel", "The Party wants it no more. Its slot is free again."),
        OrderEvent::Withdraw => {
            ("Withdraw the slot", "As where a site closes. The Party is told every open slot.")
        }
        OrderEvent::Correct => ("Correct", "In the place of what was there, which stays in the acts."),
        OrderEvent::Despatch => ("Despatch", "The hubs have left. The despatch note travels with them."),
        OrderEvent::Late => ("Late", "The delivery arrives later than agreed. That waits for an answer."),
        OrderEvent::AcceptLate => {
            ("Accept the later arrival", "The delivery moves to that time, whether or not a place is open.")
        }
        OrderEvent::RefuseLate => (
            "Refuse the later arrival",
            "Slot and delivery number are void. The Party is told every open slot.",
        ),
        OrderEvent::Receive => (
            "Receive the delivery",
            "The file has a line for each hub that came: chf_device_id,pallet,carton,condition; the condition is ok, opened or damaged.",
        ),
        OrderEvent::Start => {
            ("Start the work", "Fixes what each hub gets: the newest firmware of its model today.")
        }
        OrderEvent::Batch => ("Next batch", "Gives hubs of one model to the free units of the site."),
        OrderEvent::Outcome => (
            "Report outcomes",
            "The file: chf_device_id,outcome,firmware_version,fault_report,fault_reference; the outcome is reflashed or failed. It is taken whole or not at all.",
        ),
        OrderEvent::Finish => ("Finish the work", "Every hub that was accepted has its outcome."),
        OrderEvent::Amend => ("Amend the re-delivery", "What is left empty stays as it is."),
        OrderEvent::Release => {
            ("Release", "The hubs go back under a new ASN. The SMI must show their new firmware.")
        }
        OrderEvent::Redelivered => ("Re-delivered", "The hubs are back with their Party."),
    }
}

fn fields(order: &Order, event: OrderEvent, offers: &Offers) -> Vec<Field> {
    let key = event.as_str();
    let text = |name, label| Field::text(key, name, label);
    let windows = || offers.windows.iter().map(ToString::to_string).collect::<Vec<_>>();
    let reason = |label| vec![Field::area(key, "reason", label)];
    match event {
        OrderEvent::Authorise => {
            let slots = offers.slots.iter().map(ToString::to_string).collect();
            vec![
                Field::choice(key, "slot", "Open slot", "another, below", slots),
                Field::day(key, "deliver_on", "Another day"),
                Field::choice(key, "window", "Its window", "choose", windows()),
                text("purchase_order", "Purchase order").filled(order.purchase_order.as_ref()),
                text("work_order", "Work Order of another system").filled(order.work_order.as_ref()),
                text("contact", "Contact").filled(order.contact.as_ref()),
            ]
        }
        OrderEvent::Reject => vec![
            Field::checks(key, "reasons", "Reasons, one at least", ReasonLabel::ALL),
            Field::area(key, "note", "Note"),
        ],
        OrderEvent::Cancel | OrderEvent::Withdraw | OrderEvent::RefuseLate => reason("Why"),
        OrderEvent::Despatch => vec![Field::time(key, "sent_at", "Sent, UK time", &offers.now).required()],
        OrderEvent::Late => vec![
            Field::day(key, "arrives_on", "Arrives on").required(),
            Field::choice(key, "window", "In the window", "choose", windows()).required(),
        ],
        OrderEvent::Start => {
            vec![text("purchase_order", "Purchase order").filled(order.purchase_order.as_ref())]
        }
        OrderEvent::Finish => {
            let mut fields = vec![text("guidance", "The SSC guidance that the work followed").required()];
            fields.extend(redelivery_fields(key, "Back on another day, where the one asked for has passed"));
            fields
        }
        OrderEvent::Amend => {
            let mut fields = redelivery_fields(key, "Back on");
            let locations = offers.locations.iter().map(ToString::to_string).collect();
            fields.push(Field::choice(key, "location", "To", "as it is", locations));
            fields
        }
        OrderEvent::Redelivered => unloading_fields(key, offers),
        OrderEvent::AcceptLate
        | OrderEvent::Release
        | OrderEvent::Batch
        | OrderEvent::Request
        | OrderEvent::Receive
        | OrderEvent::Correct
        | OrderEvent::Outcome => Vec::new(),
    }
}

fn redelivery_fields(key: &'static str, day: &'static str) -> Vec<Field> {
    vec![Field::day(key, "redeliver_on", day), Field::text(key, "window", "Window, like 09:00-12:00")]
}

fn unloading_fields(key: &'static str, offers: &Offers) -> Vec<Field> {
    let unloaders = crate::domain::reflash::Unloader::ALL.iter().map(ToString::to_string).collect();
    vec![
        Field::choice(key, "unloaded_by", "Unloaded by the", "choose", unloaders).required(),
        Field::time(key, "started_at", "Unloading began, UK time", &offers.now).required(),
        Field::time(key, "finished_at", "and ended", &offers.now).required(),
    ]
}

fn delivery_fields(key: &'static str, offers: &Offers, is_correction: bool) -> Vec<Field> {
    let mut fields = unloading_fields(key, offers);
    if is_correction {
        fields.push(Field::area(key, "reason", "Why").required());
    }
    fields.push(Field::file(key));
    fields
}
