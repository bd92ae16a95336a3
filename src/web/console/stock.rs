//! Stock: how many hubs lie in stores, until when they may be used, what is at risk, and by when a delivery must leave.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::PageResult,
    query::Parameters,
    reply,
    shown::When,
    stock_picture::{StockPicture, picture},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{CspRegion, Date, instant_text, parse_date, parse_instant, pounds, tsat::PeriodEnd},
    rules::hub_stock::VersionStock,
    service::{
        App,
        console::{StockCount, StockFilter, StockOverview},
    },
};

/// The address of the page.
pub(super) const PATH: &str = "/stock";
/// The parameters of the address.
const KNOWN: [&str; 7] = ["on", "within", "party", "region", "band", "location", COUNTED_AFTER];
/// The parameter by which hubs are counted again: the instant of the count that was seen.
const COUNTED_AFTER: &str = "counted_after";

#[derive(Template)]
#[template(path = "stock.html")]
struct StockPage {
    frame: Frame,
    parameters: Parameters,
    on: Date,
    shown: StockOverview,
    at_risk: String,
    expired: String,
    counted: When,
    count_again: String,
    picture: Option<StockPicture>,
    rows: Vec<StockLine>,
    regions: &'static [CspRegion],
    csv: String,
    json: String,
}

impl StockPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters(COUNTED_AFTER)
    }
}

/// A line of the table.
struct StockLine {
    party: String,
    version: String,
    in_stock: u64,
    install_to: String,
    maintain_to: String,
    operate_to: String,
    use_by: Option<String>,
    days_left: Option<i32>,
    state: StockState,
    newest: String,
    send_by: Option<Date>,
    /// Whether that day has passed.
    gap: bool,
    /// The address of the list of its hubs.
    hubs: String,
}

/// How urgent a line is.
enum StockState {
    Far,
    AtRisk,
    Expired,
    NoRow,
}

fn filter(app: &App, parameters: &Parameters) -> PageResult<StockFilter> {
    Ok(StockFilter {
        on: parameters.value_by("on", parse_date)?.unwrap_or_else(|| app.london_today()),
        within: parameters.value_by("within", days)?,
        party: parameters.text("party").map(str::to_owned),
        region: parameters.value("region")?,
        band: parameters.text("band").map(str::to_owned),
        location: parameters.text("location").map(str::to_owned),
    })
}

/// Reads a number of days.
pub(super) fn days(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|days| *days <= 36_500).ok_or("is not a number of days from 0 to 36500")
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let filter = filter(&app, &parameters)?;
        let seen = parameters.value_by(COUNTED_AFTER, parse_instant)?;
        let shown = app.stock_overview(&filter, seen.map_or(StockCount::Kept, StockCount::After))?;
        let rows = shown.lines.iter().map(|line| StockLine::new(line, &filter, shown.within)).collect();
        Ok(StockPage {
            frame,
            on: filter.on,
            at_risk: pounds(shown.total.at_risk_value(shown.unit_cost)),
            expired: pounds(shown.total.expired_value(shown.unit_cost)),
            counted: When(shown.counted_at),
            count_again: parameters.with(PATH, COUNTED_AFTER, Some(instant_text(shown.counted_at))),
            picture: picture(&shown.lines, filter.on),
            rows,
            regions: CspRegion::WITH_COVERAGE,
            csv: parameters.with("/stock.csv", COUNTED_AFTER, None::<String>),
            json: parameters.with("/stock.json", COUNTED_AFTER, None::<String>),
            shown,
            parameters,
        })
    };
    reply::page(frame.titled("Stock"), work).await
}

fn end(end: Option<PeriodEnd>) -> String {
    end.map_or_else(String::new, |end| end.to_string())
}

impl StockLine {
    fn new(line: &VersionStock, filter: &StockFilter, within: u32) -> Self {
        let dates = line.dates;
        let party = line.party.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        let asked = [
            ("party", Some(party.clone())),
            ("version", Some(line.version.chts.clone()).filter(|text| !text.is_empty())),
            ("gbcs", Some(line.version.gbcs.clone()).filter(|text| !text.is_empty())),
            ("region", filter.region.map(|region| region.to_string())),
        ];
        let hubs = Parameters::given(asked.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let install = dates.and_then(|dates| dates.install.to().date());
        let left = install.map(|end| (end - filter.on).get_days());
        Self {
            version: line.version.to_string(),
            in_stock: line.in_stock,
            install_to: end(dates.map(|dates| dates.install.to())),
            maintain_to: end(dates.map(|dates| dates.maintain.to())),
            operate_to: end(dates.and_then(|dates| dates.operate).map(|period| period.to())),
            use_by: line.use_by.map(|use_by| format!("{} ({})", use_by.day, use_by.kind)),
            days_left: line.days_left,
            state: match (dates, left) {
                (None, _) => StockState::NoRow,
                (Some(_), Some(left)) if left < 0 => StockState::Expired,
                (Some(_), Some(left)) if left.unsigned_abs() <= within => StockState::AtRisk,
                (Some(_), _) => StockState::Far,
            },
            newest: line.newest.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            send_by: line.send_by,
            gap: line.send_by.is_some_and(|day| day < filter.on),
            hubs: hubs.with("/hubs.csv", "", None::<String>),
            party,
        }
    }
}

/// The columns of the download.
const COLUMNS: [&str; 12] = [
    "party_signifier",
    "chts_version",
    "gbcs_version",
    "in_stock",
    "install_to",
    "maintain_to",
    "operate_to",
    "use_by",
    "use_by_kind",
    "days_left",
    "newest",
    "send_by",
];

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let filter = filter(&asked.app, &asked.parameters)?;
        // Counted now: a file does not say when.
        let shown = asked.app.stock_overview(&filter, StockCount::New)?;
        let lines = shown.lines.iter().map(ListedStock::from);
        match asked.format {
            Format::Csv => File::csv("stock", COLUMNS, lines.map(ListedStock::cells)),
            Format::Json => {
                File::json("stock", &ListedStocks { on: filter.on.to_string(), stock: lines.collect() })
            }
        }
    };
    wanted.answer(&KNOWN, work).await
}

/// The stock as JSON.
#[derive(Serialize)]
struct ListedStocks {
    on: String,
    stock: Vec<ListedStock>,
}

/// A line as JSON.
#[derive(Serialize)]
struct ListedStock {
    party_signifier: String,
    chts_version: String,
    gbcs_version: String,
    in_stock: u64,
    install_to: Option<String>,
    maintain_to: Option<String>,
    operate_to: Option<String>,
    use_by: Option<String>,
    use_by_kind: Option<String>,
    days_left: Option<i32>,
    newest: Vec<String>,
    send_by: Option<String>,
}

fn text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

impl From<&VersionStock> for ListedStock {
    fn from(line: &VersionStock) -> Self {
        Self {
            party_signifier: line.party.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string),
            chts_version: line.version.chts.clone(),
            gbcs_version: line.version.gbcs.clone(),
            in_stock: line.in_stock,
            install_to: text(line.dates.map(|dates| dates.install.to())),
            maintain_to: text(line.dates.map(|dates| dates.maintain.to())),
            operate_to: text(line.dates.and_then(|dates| dates.operate).map(|period| period.to())),
            use_by: text(line.use_by.map(|use_by| use_by.day)),
            use_by_kind: text(line.use_by.map(|use_by| use_by.kind)),
            days_left: line.days_left,
            newest: line.newest.iter().map(ToString::to_string).collect(),
            send_by: text(line.send_by),
        }
    }
}

impl ListedStock {
    fn cells(self) -> [String; 12] {
        [
            self.party_signifier,
            self.chts_version,
            self.gbcs_version,
            self.in_stock.to_string(),
            self.install_to.unwrap_or_default(),
            self.maintain_to.unwrap_or_default(),
            self.operate_to.unwrap_or_default(),
            self.use_by.unwrap_or_default(),
            self.use_by_kind.unwrap_or_default(),
            self.days_left.map(|days| days.to_string()).unwrap_or_default(),
            self.newest.join(";"),
            self.send_by.unwrap_or_default(),
        ]
    }
}
