//! One re-flash order: the way so far, what may be done now, its hubs, reasons, acts and notices.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    act_form::ActForm,
    act_row::ActRow,
    frame::Frame,
    notice_link::NoticeLink,
    order_fields::FieldKind,
    order_forms::{Kept, Offers, forms},
    order_refusal::unreadable,
    order_way::{WayStep, way_of},
    orders::{self, mark_of},
    page_error::{PageError, PageResult},
    query::{PAGE, Parameters},
    refused::Refusal,
    reply,
    shown::UserLink,
};
use crate::{
    domain::{
        Timestamp, instant_text,
        reflash::{Order, OrderEvent, OrderNumber},
    },
    service::{
        App, ShownOrder,
        console::{ListOrderValue, NoticeFilterValue, PageRequestValue, PageValue},
    },
    web::{
        local_time::local_input,
        manage::{OrderSummary, ShownFinding, ShownOrderHub, ShownReason},
    },
};

/// The reasons and the notices on the page.
const REASONS: usize = 100;
const NOTICES: u16 = 50;

#[derive(Template)]
#[template(path = "order.html")]
pub(super) struct OrderPage {
    frame: Frame,
    number: OrderNumber,
    summary: OrderSummary,
    mark: &'static str,
    is_late: bool,
    is_on: bool,
    way: Vec<WayStep>,
    facts: Vec<(&'static str, String)>,
    user: UserLink,
    /// Why what was sent is not done.
    refusal: Option<Refusal>,
    forms: Vec<ActForm>,
    papers: Vec<(&'static str, &'static str)>,
    findings: Vec<ShownFinding>,
    reasons: Vec<ShownReason>,
    reasons_total: usize,
    hubs: Vec<ShownOrderHub>,
    hubs_total: u64,
    next: Option<String>,
    first: Option<String>,
    acts: Vec<ActRow>,
    notices: Vec<NoticeLink>,
    more_notices: bool,
}

/// The number of an order in a path.
pub(super) fn number_of(text: &str) -> PageResult<OrderNumber> {
    text.parse().map_err(|_| no_order(text))
}

fn no_order(number: &str) -> PageError {
    PageError::not_found(format!("There is no re-flash order {number}."))
}

/// The address of an order.
pub(super) fn address_of(number: OrderNumber) -> String {
    format!("{}/{number}", orders::PATH)
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    number: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &["after"]);
    let work = move |frame| page(&app, frame, number_of(&number)?, parameters?.key("after")?, None, None);
    reply::page(frame, work).await
}

/// The page; where something was refused, with why, and with what was filled in.
pub(super) fn page(
    app: &App,
    frame: Frame,
    number: OrderNumber,
    after: Option<i64>,
    refusal: Option<Refusal>,
    kept: Kept<'_>,
) -> PageResult<OrderPage> {
    let missing = || no_order(&number.to_string());
    let shown = app.reflash_order(number).map_err(unreadable)?.ok_or_else(missing)?;
    let hubs = PageRequestValue { after, limit: PAGE };
    let PageValue { rows: hubs, next } =
        app.reflash_hubs(number, false, hubs).map_err(unreadable)?.ok_or_else(missing)?;
    let about = NoticeFilterValue { about: Some(number.to_string()), ..NoticeFilterValue::default() };
    let notices = app.notices(&about, ListOrderValue::OldestFirst, PageRequestValue::first(NOTICES))?;
    let order = &shown.listed.order;
    let is_on = app.choices().reflash.enabled;
    let forms = if is_on && frame.is_operator() && !shown.allowed.is_empty() {
        forms(order, &shown.allowed, &offers(app, &shown)?, kept)
    } else {
        Vec::new()
    };
    let address = address_of(number);
    let frame = frame.titled(format!("Order {number}")).below("Orders", orders::PATH);
    Ok(OrderPage {
        frame,
        number,
        mark: mark_of(order.state),
        is_late: order.late.is_some(),
        is_on,
        way: way_of(order, &shown.acts),
        facts: facts(order),
        user: UserLink(order.asked.user),
        refusal,
        forms,
        papers: papers(&shown),
        findings: order.findings.iter().map(ShownFinding::from).collect(),
        reasons: shown.reasons.iter().take(REASONS).map(ShownReason::from).collect(),
        reasons_total: shown.reasons_total,
        hubs: hubs.iter().map(ShownOrderHub::from).collect(),
        hubs_total: shown.listed.hubs.values().sum(),
        next: next.map(|line| format!("{address}?after={line}#hubs")),
        first: after.map(|_| format!("{address}#hubs")),
        acts: shown.acts.iter().map(ActRow::from).collect(),
        more_notices: notices.next.is_some(),
        notices: notices.rows.into_iter().map(NoticeLink::from).collect(),
        summary: (&shown.listed).into(),
    })
}

/// What the forms offer.
fn offers(app: &App, shown: &ShownOrder) -> PageResult<Offers> {
    let order = &shown.listed.order;
    let slots = match &order.site {
        Some(site) if shown.allowed.contains(&OrderEvent::Authorise) => {
            app.reflash_slots(site).map_err(unreadable)?.unwrap_or_default()
        }
        Some(_) | None => Vec::new(),
    };
    let places = app.reflash_places()?.into_iter();
    let own = places.filter(|place| place.party() == Some(&order.asked.party));
    Ok(Offers {
        slots,
        windows: app.choices().reflash.windows.clone(),
        locations: own.map(|place| place.id).collect(),
        now: local_input(app.clock().now().0),
    })
}

/// What is known of the order beside its way, each where it is known.
fn facts(order: &Order) -> Vec<(&'static str, String)> {
    let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
    let at = |instant: Option<Timestamp>| instant.map(instant_text);
    let asked = &order.asked;
    let back = [
        text(asked.location.as_ref().map(|location| location as _)),
        text(asked.redeliver_on.as_ref().map(|on| on as _)),
        text(asked.window.as_ref().map(|window| window as _)),
    ];
    let back = back.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let facts = [
        ("Delivery", order.delivery.map(|slot| slot.to_string())),
        ("Delivery number", order.delivery_number().map(|number| number.to_string())),
        ("Arrives late, waits for an answer", order.late.map(|slot| slot.to_string())),
        ("Re-delivery to, on", Some(back).filter(|back| !back.is_empty())),
        ("Party’s reference", text(asked.reference.as_ref().map(|reference| reference as _))),
        ("Hubs stated", asked.hubs.map(|hubs| hubs.to_string())),
        ("Purchase order", text(order.purchase_order.as_ref().map(|number| number as _))),
        ("Work Order of another system", text(order.work_order.as_ref().map(|number| number as _))),
        ("Contact", text(order.contact.as_ref().map(|contact| contact as _))),
        ("Liability passed to the DCC, UTC", at(order.liability_in)),
        ("Guidance of the work", text(order.guidance.as_ref().map(|guidance| guidance as _))),
        ("Advanced Shipment Notification", order.asn.map(|asn| asn.to_string())),
        ("Liability passed to the Party, UTC", at(order.liability_out)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The papers that there are: what each is called, and where it is.
fn papers(shown: &ShownOrder) -> Vec<(&'static str, &'static str)> {
    let order = &shown.listed.order;
    let is_despatched = shown.acts.iter().any(|act| act.act == OrderEvent::Despatch.as_str());
    let papers = [
        ("Labels", "labels", order.delivery_number().is_some()),
        ("Despatch note", "despatch-note", is_despatched),
        ("Statement", "statement", order.received_at.is_some()),
    ];
    papers.into_iter().filter(|(_, _, is_there)| *is_there).map(|(name, path, _)| (name, path)).collect()
}
