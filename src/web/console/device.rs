//! One Device: its record today or at an instant, its premises, its time line, and what was decided about it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    awaited::AwaitedRow,
    device_event::EventForm,
    device_fields::{FieldRow, past_rows_of, rows_of},
    device_history::ChangeRow,
    frame::Frame,
    page_error::{PageError, PageResult},
    premises::{Hub, hubs_of},
    query::{PAGE, Parameters, history_place},
    reply,
    rights::RightsTable,
    shown::{DecisionRow, When},
};
use crate::{
    domain::{DeviceType, Eui64, PastRecord, parse_instant},
    service::{
        App,
        console::{DecisionFilterValue, DeviceAtPremises, HistoryPageValue, HistoryPlaceValue},
    },
    web::manage::ShownHubOrder,
};

/// The decisions on the page.
const DECISIONS: u16 = 10;
/// The parameters of the address.
const KNOWN: [&str; 2] = ["after", "as_at"];

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    frame: Frame,
    id: Eui64,
    record: Record,
    hubs: Vec<Hub>,
    /// Whether the premises may have more Devices.
    is_cut: bool,
    history: Vec<ChangeRow>,
    /// Since when every change is kept; none where all are.
    kept_since: Option<When>,
    /// The address of the changes after these, and of the first ones.
    next: Option<String>,
    first: Option<String>,
    rows: Vec<DecisionRow>,
    as_at: String,
    awaited: Vec<AwaitedRow>,
    /// Whether it is a CHF, which has a page as a hub, too.
    is_hub: bool,
    /// Of a CHF: the re-flash orders that it is, or was, on.
    orders: Vec<ShownHubOrder>,
    /// Whether Devices report by themselves.
    is_simulated: bool,
    /// What each User may do with it, where it is in the inventory and shown as it is now.
    rights: Option<RightsTable>,
    /// For an operator.
    event_form: Option<EventForm>,
}

/// The record of the Device.
enum Record {
    Today(Vec<FieldRow>),
    /// It was in the inventory, and is no longer.
    Left,
    /// It never was in the inventory: requests about it were refused.
    Never,
    Past(Past),
}

/// The record as it stood.
struct Past {
    at: When,
    /// None where it was not in the inventory then.
    fields: Option<Vec<FieldRow>>,
    /// The names of the fields that are not known, and until when not every change was kept.
    unknown: Vec<&'static str>,
    unknown_before: Option<When>,
    last_change: Option<When>,
    /// Since when every change is kept, where another one may have followed the last.
    kept_since: Option<When>,
    joined_at: Option<When>,
}

impl From<&PastRecord> for Past {
    fn from(past: &PastRecord) -> Self {
        let fields = past.record.values().map(|_| past_rows_of(past));
        let unknown = fields.iter().flatten().filter(|row| row.value.is_none());
        Self {
            at: When(past.at),
            unknown: unknown.map(|row| row.name).collect(),
            fields,
            unknown_before: past.unknown_before.map(When),
            last_change: past.last_change.as_ref().map(|change| When(change.at)),
            kept_since: past.kept_since.map(When),
            joined_at: past.record.joined_at().map(When),
        }
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let frame = frame.below("Search", "/search");
    reply::page(frame, move |frame| find(&app, frame, &id, &parameters?)).await
}

fn find(app: &App, frame: Frame, id: &str, parameters: &Parameters) -> PageResult<DevicePage> {
    let missing = || PageError::unknown_device(id);
    let (after, at) =
        (parameters.value_by("after", history_place)?, parameters.value_by("as_at", parse_instant)?);
    let at = at.map(|at| app.clock().now().reached(at)).transpose();
    let at = at.map_err(|reason| PageError::parameter("as_at", reason))?;
    let id = id.parse::<Eui64>().map_err(|_| missing())?;
    let history = app.device_history(id, after, PAGE)?;
    let filter = DecisionFilterValue { device: Some(id), ..DecisionFilterValue::default() };
    let rows = app.search_decisions(&filter, None, DECISIONS)?.rows;
    let is_known = history.is_some();
    if !is_known && rows.is_empty() {
        return Err(missing());
    }
    let DeviceAtPremises { device, premises, is_cut, awaited, last_change } = app.device_at_premises(id)?;
    let is_today = device.is_some() && at.is_none();
    let is_hub = device.as_ref().is_some_and(|device| device.device_type == DeviceType::Chf);
    let orders = if is_hub { app.reflash_orders_of_hub(id)? } else { Vec::new() };
    let rights = if is_today { app.device_rights(id)? } else { None };
    let is_form = is_today && frame.is_operator();
    let past = at.map(|at| app.device_as_at(id, at)).transpose()?.flatten();
    let record = match (past, device) {
        (Some(past), _) => Record::Past(Past::from(&past)),
        (None, Some(device)) => Record::Today(rows_of(&device)),
        (None, None) if is_known => Record::Left,
        (None, None) => Record::Never,
    };
    let HistoryPageValue { changes, next, kept_since } =
        history.unwrap_or(HistoryPageValue { changes: Vec::new(), next: None, kept_since: None });
    let path = format!("/devices/{id}");
    Ok(DevicePage {
        frame: frame.titled(format!("Device {id}")),
        id,
        record,
        hubs: hubs_of(&premises),
        is_cut,
        history: changes.iter().map(ChangeRow::from).collect(),
        kept_since: kept_since.map(When),
        next: next.map(|place| parameters.with(&path, "after", Some(place))),
        first: after.map(|_| parameters.with(&path, "after", None::<HistoryPlaceValue>)),
        rows: rows.into_iter().map(DecisionRow::from).collect(),
        as_at: parameters.text("as_at").unwrap_or_default().to_owned(),
        awaited: awaited.iter().map(AwaitedRow::from).collect(),
        is_hub,
        orders: orders.iter().map(ShownHubOrder::from).collect(),
        is_simulated: app.choices().simulated_devices.is_some(),
        rights: rights.as_ref().map(RightsTable::from),
        event_form: last_change.filter(|_| is_form).map(|seen| EventForm::new(id, seen)),
    })
}
