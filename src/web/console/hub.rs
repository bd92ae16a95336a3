//! One hub: what the Applicability Tables say of it, where it lies, how old its firmware is; and the list of hubs as a download.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, Parameters},
    reply, stock,
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Date, Eui64, parse_date, tsat::VersionNumber},
    service::{
        App,
        hubs::{Cell, LIST_COLUMNS, ListFilter},
    },
    web::manage::{ShownHub, ShownHubOrder, ShownPeriod},
};

#[derive(Template)]
#[template(path = "hub.html")]
struct HubPage {
    frame: Frame,
    on: Date,
    hub: ShownHub,
    /// Whether there is a re-flash service.
    is_on: bool,
    /// The re-flash orders that it is, or was, on.
    orders: Vec<ShownHubOrder>,
}

impl HubPage {
    /// The answers, in the order of the tables.
    fn answers(&self) -> [(&'static str, &ShownPeriod); 3] {
        let validity = &self.hub.validity;
        [("Install", &validity.install), ("Maintain", &validity.maintain), ("Operate", &validity.operate)]
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &["on"]);
    let frame = frame.titled(format!("Hub {id}")).below("Stock", stock::PATH);
    let work = move |frame| {
        let unknown = || PageError::not_found(format!("There is no hub {id}: a CHF in the inventory."));
        let on = parameters?.value_by("on", parse_date)?.unwrap_or_else(|| app.london_today());
        let chf = id.parse::<Eui64>().map_err(|_| unknown())?;
        let hub = app.hub(chf, on)?.map(ShownHub::from).ok_or_else(unknown)?;
        let orders = app.reflash_orders_of_hub(chf)?.iter().map(ShownHubOrder::from).collect();
        Ok(HubPage { frame, on, hub, is_on: app.choices().reflash.enabled, orders })
    };
    reply::page(frame, work).await
}

/// The parameters of the list.
const KNOWN: [&str; 6] = ["party", "version", "gbcs", "region", "within", "after"];

fn version(text: &str) -> Result<VersionNumber, &'static str> {
    VersionNumber::at_end_of(text).ok_or("does not end with a version like `1.0`")
}

fn filter(parameters: &Parameters) -> PageResult<ListFilter> {
    Ok(ListFilter {
        party: parameters.text("party").map(str::to_owned),
        version: parameters.value_by("version", version)?,
        gbcs: parameters.value_by("gbcs", version)?,
        region: parameters.value("region")?,
        within: parameters.value_by("within", stock::days)?,
    })
}

/// The list as JSON: a value for each column.
#[derive(Serialize)]
struct ListedHubs {
    columns: [&'static str; 19],
    hubs: Vec<[String; 19]>,
    next: Option<String>,
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (filter, after) = (filter(&asked.parameters)?, asked.parameters.value::<Eui64>("after")?);
        let place =
            || PageError::parameter("after", "is not a place of this list; begin with its first page");
        let page = asked.app.hub_page(&filter, after, DOWNLOAD)?.map_err(|_| place())?;
        let next = asked.next("after", page.next);
        let rows = page.hubs.iter().map(|hub| hub.cells().map(|cell: Cell| cell.text()));
        match asked.format {
            Format::Csv => Ok(File::csv("hubs", LIST_COLUMNS, rows)?.followed_by(next)),
            Format::Json => {
                File::json("hubs", &ListedHubs { columns: LIST_COLUMNS, hubs: rows.collect(), next })
            }
        }
    };
    wanted.answer(&KNOWN, work).await
}
