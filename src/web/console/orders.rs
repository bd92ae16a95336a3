//! Orders: one line for each re-flash order, with filters in the address, and as a download.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    download::File,
    frame::Frame,
    order_refusal::unreadable,
    page_error::PageResult,
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::When,
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{LocationId, instant_text, reflash::OrderState},
    service::{
        App, ListedOrder,
        console::{ListOrderValue, OrderFilterValue, PageRequestValue, PageValue},
    },
    web::manage::{ListedOrders, OrderSummary},
};

/// The address of the page.
pub(super) const PATH: &str = "/orders";
/// The parameters of the address.
const KNOWN: [&str; 4] = ["state", "party", "site", "before"];

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    frame: Frame,
    parameters: Parameters,
    /// Whether there is a re-flash service.
    is_on: bool,
    rows: Vec<OrderRow>,
    next: Option<String>,
    csv: String,
    json: String,
    states: &'static [OrderState],
    sites: Vec<LocationId>,
}

impl OrdersPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }
}

/// An order as lists show it.
pub(super) struct OrderRow {
    pub(super) summary: OrderSummary,
    /// Its number: an order that is kept has one.
    pub(super) number: String,
    pub(super) mark: &'static str,
    pub(super) asked: When,
}

impl From<&ListedOrder> for OrderRow {
    fn from(listed: &ListedOrder) -> Self {
        Self {
            summary: listed.into(),
            number: listed.order.number.to_string(),
            mark: mark_of(listed.order.state),
            asked: When(listed.order.asked.at),
        }
    }
}

/// How a state is marked.
pub(super) const fn mark_of(state: OrderState) -> &'static str {
    match state {
        OrderState::Submitted => "warn",
        OrderState::Rejected | OrderState::Refused => "bad",
        OrderState::Closed => "good",
        OrderState::Authorised
        | OrderState::Despatched
        | OrderState::Received
        | OrderState::InWork
        | OrderState::Done
        | OrderState::Released
        | OrderState::Cancelled => "plain",
    }
}

fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<PageValue<ListedOrder>> {
    let filter = OrderFilterValue {
        state: parameters.value("state")?,
        party: parameters.value("party")?,
        site: parameters.value("site")?,
    };
    let page = PageRequestValue { after: parameters.key("before")?, limit };
    app.reflash_orders(&filter, ListOrderValue::NewestFirst, page).map_err(unreadable)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "before", key);
        let places = app.reflash_places()?;
        Ok(OrdersPage {
            frame,
            is_on: app.choices().reflash.enabled,
            rows: rows.iter().map(OrderRow::from).collect(),
            next: next.map(|key| at(PATH, Some(key))),
            csv: at("/orders.csv", None),
            json: at("/orders.json", None),
            states: OrderState::ALL,
            sites: places.into_iter().filter(|place| place.site().is_some()).map(|place| place.id).collect(),
            parameters,
        })
    };
    reply::page(frame.titled("Orders"), work).await
}

/// The columns of the download.
const COLUMNS: [&str; 22] = [
    "order",
    "state",
    "party_signifier",
    "user_id",
    "reference",
    "amends",
    "site",
    "requested_at",
    "listed",
    "accepted",
    "not_accepted",
    "missing",
    "reflashed",
    "failed",
    "delivery_number",
    "deliver_on",
    "deliver_window",
    "location_id",
    "redeliver_on",
    "redeliver_window",
    "asn",
    "late_on",
];

fn cells(listed: &ListedOrder) -> [String; 22] {
    let OrderSummary { order, state, party, user, amends, reference, site, hubs, delivery, redelivery } =
        listed.into();
    let text = |value: Option<String>| value.unwrap_or_default();
    let of_delivery = delivery.map(|delivery| {
        let late = delivery.late.map(|slot| format!("{} {}", slot.on, slot.window));
        (text(delivery.number), delivery.on, delivery.window, text(late))
    });
    let (number, on, window, late) = of_delivery.unwrap_or_default();
    [
        text(order),
        state,
        party,
        user,
        text(reference),
        text(amends),
        text(site),
        instant_text(listed.order.asked.at),
        hubs.listed.to_string(),
        hubs.accepted.to_string(),
        hubs.not_accepted.to_string(),
        hubs.missing.to_string(),
        hubs.reflashed.to_string(),
        hubs.failed.to_string(),
        number,
        on,
        window,
        text(redelivery.location),
        text(redelivery.on),
        text(redelivery.window),
        text(redelivery.asn),
        late,
    ]
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let found = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let next = asked.next("before", found.next);
        let file = match asked.format {
            Format::Csv => File::csv("orders", COLUMNS, found.rows.iter().map(cells))?,
            Format::Json => File::json("orders", &ListedOrders { next: next.clone(), ..found.into() })?,
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}
