//! Re-flash sites: each with its use; and one with what arrives, what is there, its units and their batches.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    order_refusal::unreadable,
    orders::OrderRow,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply,
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{
        Date, LocationId, LondonMonth, ReflashSite,
        reflash::{OpenBatch, Slot, UnitInUse},
    },
    service::{App, ListedOrder, SiteOverview, SiteUse},
};

/// The address of the list.
pub(super) const PATH: &str = "/sites";
/// The open slots that the page names.
const OPEN: usize = 10;
/// A check of a unit that is due within so many days is marked.
const NEAR_DAYS: i32 = 30;

#[derive(Template)]
#[template(path = "sites.html")]
struct SitesPage {
    frame: Frame,
    is_on: bool,
    month: String,
    rows: Vec<SiteRow>,
}

/// A site as lists show it.
#[derive(Serialize)]
struct SiteRow {
    location_id: String,
    name: String,
    csp_regions: Vec<String>,
    /// The hubs on its orders from Authorised to Done.
    at_once: u64,
    max_hubs: Option<u64>,
    /// The hubs of the orders with a delivery in this month.
    this_month: u64,
    hubs_per_month: Option<u64>,
    deliveries_per_window: Option<u64>,
}

impl SiteRow {
    fn new(of: &SiteUse, site: &ReflashSite, month: LondonMonth) -> Self {
        Self {
            location_id: of.location.id.to_string(),
            name: of.location.name.to_string(),
            csp_regions: site.regions.iter().map(ToString::to_string).collect(),
            at_once: of.load.at_once,
            max_hubs: site.max_hubs.map(|limit| limit.get().into()),
            this_month: of.in_month(month),
            hubs_per_month: site.hubs_per_month.map(|limit| limit.get().into()),
            deliveries_per_window: site.deliveries_per_window.map(|limit| limit.get().into()),
        }
    }

    fn regions(&self) -> String {
        self.csp_regions.join(", ")
    }
}

fn rows(app: &App, month: LondonMonth) -> PageResult<Vec<SiteRow>> {
    let sites = app.reflash_sites().map_err(unreadable)?;
    let row = |of: &SiteUse| of.location.site().map(|site| SiteRow::new(of, site, month));
    Ok(sites.iter().filter_map(row).collect())
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        let month = LondonMonth::of_day(app.london_today());
        let is_on = app.choices().reflash.enabled;
        Ok(SitesPage { frame, is_on, month: month.in_words(), rows: rows(&app, month)? })
    };
    reply::page(frame.titled("Sites"), work).await
}

/// The columns of the download.
const COLUMNS: [&str; 8] = [
    "location_id",
    "name",
    "csp_regions",
    "at_once",
    "max_hubs",
    "this_month",
    "hubs_per_month",
    "deliveries_per_window",
];

#[derive(Serialize)]
struct ListedSites {
    month: String,
    sites: Vec<SiteRow>,
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let month = LondonMonth::of_day(asked.app.london_today());
        let sites = rows(&asked.app, month)?;
        let limit = |limit: Option<u64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        let cells = |row: SiteRow| {
            [
                row.location_id,
                row.name,
                row.csp_regions.join(";"),
                row.at_once.to_string(),
                limit(row.max_hubs),
                row.this_month.to_string(),
                limit(row.hubs_per_month),
                limit(row.deliveries_per_window),
            ]
        };
        match asked.format {
            Format::Csv => File::csv("sites", COLUMNS, sites.into_iter().map(cells)),
            Format::Json => File::json("sites", &ListedSites { month: month.to_string(), sites }),
        }
    };
    wanted.answer(&[], work).await
}

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    frame: Frame,
    is_on: bool,
    place: String,
    email: String,
    today: Date,
    month: String,
    row: SiteRow,
    arrivals: Vec<Arrival>,
    there: Vec<OrderRow>,
    open: Vec<Slot>,
    open_total: usize,
    units: Vec<UnitRow>,
    batches: Vec<OpenBatch>,
}

/// An order that the site waits for.
struct Arrival {
    row: OrderRow,
    on: String,
    window: String,
    due: ArrivalDue,
}

/// When an order is expected.
enum ArrivalDue {
    Overdue,
    Today,
    Later,
}

impl Arrival {
    fn new(listed: &ListedOrder, today: Date) -> Self {
        let slot = listed.order.delivery;
        Self {
            row: listed.into(),
            on: slot.map(|slot| slot.on.to_string()).unwrap_or_default(),
            window: slot.map(|slot| slot.window.to_string()).unwrap_or_default(),
            due: match slot {
                Some(slot) if slot.on < today => ArrivalDue::Overdue,
                Some(slot) if slot.on == today => ArrivalDue::Today,
                Some(_) | None => ArrivalDue::Later,
            },
        }
    }
}

/// A unit of the site.
struct UnitRow {
    id: String,
    places: String,
    check_due_on: Date,
    check: CheckDue,
    is_busy: bool,
}

/// Whether a unit may be used.
enum CheckDue {
    /// The day has passed: it takes no hubs.
    Passed,
    Near,
    Far,
}

impl UnitRow {
    fn new(UnitInUse { unit, is_busy }: &UnitInUse, today: Date) -> Self {
        let left = (unit.check_due_on - today).get_days();
        Self {
            id: unit.id.to_string(),
            places: unit.places.to_string(),
            check_due_on: unit.check_due_on,
            check: match left {
                ..0 => CheckDue::Passed,
                0..=NEAR_DAYS => CheckDue::Near,
                _ => CheckDue::Far,
            },
            is_busy: *is_busy,
        }
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let frame = frame.titled(format!("Site {id}")).below("Sites", PATH);
    let work = move |frame| {
        parameters?;
        let unknown = || PageError::not_found(format!("There is no re-flash site {id}."));
        let id = id.parse::<LocationId>().map_err(|_| unknown())?;
        let found = app.reflash_site(&id).map_err(unreadable)?.ok_or_else(unknown)?;
        let used_as = found.site.location.site().ok_or_else(unknown)?;
        let month = LondonMonth::of_day(found.today);
        let SiteOverview { site, today, arrivals, there, open, units, batches } = &found;
        let location = &site.location;
        Ok(SitePage {
            frame,
            is_on: app.choices().reflash.enabled,
            place: format!("{}, {}, {}", location.name, location.address, location.postcode),
            email: location.contact_email.to_string(),
            today: *today,
            month: month.in_words(),
            row: SiteRow::new(site, used_as, month),
            arrivals: arrivals.iter().map(|listed| Arrival::new(listed, *today)).collect(),
            there: there.iter().map(OrderRow::from).collect(),
            open: open.iter().copied().take(OPEN).collect(),
            open_total: open.len(),
            units: units.iter().map(|unit| UnitRow::new(unit, *today)).collect(),
            batches: batches.clone(),
        })
    };
    reply::page(frame, work).await
}
