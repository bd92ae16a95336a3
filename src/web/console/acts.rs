//! Acts: what people and programs did beside what Users ask for, why, and with which checks.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    about::page_of,
    download::File,
    frame::Frame,
    page_error::PageResult,
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::When,
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{ActArea, ActCheck, instant_text},
    service::{
        App,
        console::{ActFilterValue, KeyedActValue, ListOrderValue, PageRequestValue, PageValue},
    },
    web::manage::ShownAct,
};

/// The parameters of the address.
const KNOWN: [&str; 3] = ["area", "about", "before"];

#[derive(Template)]
#[template(path = "acts.html")]
struct ActsPage {
    frame: Frame,
    parameters: Parameters,
    rows: Vec<ActRow>,
    next: Option<String>,
    csv: String,
    json: String,
    areas: &'static [ActArea],
}

impl ActsPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }
}

/// An act as the page shows it.
struct ActRow {
    at: When,
    by: String,
    area: ActArea,
    about: String,
    /// The page of what it is about, where there is one.
    link: Option<String>,
    act: String,
    from: Option<String>,
    to: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
    checks: Vec<ActCheck>,
}

impl From<KeyedActValue> for ActRow {
    fn from(KeyedActValue { id: _, act }: KeyedActValue) -> Self {
        let link = page_of(act.area, &act.about);
        Self {
            at: When(act.at),
            by: act.by.to_string(),
            area: act.area,
            about: act.about,
            link,
            act: act.act,
            from: act.from,
            to: act.to,
            reason: act.reason.map(|reason| reason.to_string()),
            detail: act.detail,
            checks: act.checks,
        }
    }
}

fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<PageValue<KeyedActValue>> {
    let about = parameters.text("about").map(str::to_owned);
    let filter = ActFilterValue { area: parameters.value("area")?, about };
    let page = PageRequestValue { after: parameters.key("before")?, limit };
    Ok(app.acts(&filter, ListOrderValue::NewestFirst, page)?)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "before", key);
        Ok(ActsPage {
            frame,
            rows: rows.into_iter().map(ActRow::from).collect(),
            next: next.map(|key| at("/acts", Some(key))),
            csv: at("/acts.csv", None),
            json: at("/acts.json", None),
            areas: ActArea::ALL,
            parameters,
        })
    };
    reply::page(frame.titled("Acts"), work).await
}

/// The columns of the download.
const COLUMNS: [&str; 11] =
    ["id", "at", "by", "area", "about", "act", "from", "to", "reason", "detail", "checks"];

fn cells(KeyedActValue { id, act }: KeyedActValue) -> [String; 11] {
    let checks = act.checks.iter().map(|check| {
        let outcome = if check.holds { "holds" } else { "fails" };
        format!("{} {outcome}: {}", check.rule, check.saw)
    });
    [
        id.to_string(),
        instant_text(act.at),
        act.by.to_string(),
        act.area.to_string(),
        act.about,
        act.act,
        act.from.unwrap_or_default(),
        act.to.unwrap_or_default(),
        act.reason.map(|reason| reason.to_string()).unwrap_or_default(),
        act.detail.unwrap_or_default(),
        checks.collect::<Vec<_>>().join("; "),
    ]
}

#[derive(Serialize)]
struct ListedActs {
    acts: Vec<ShownAct>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let PageValue { rows, next } = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let next = asked.next("before", next);
        let file = match asked.format {
            Format::Csv => File::csv("acts", COLUMNS, rows.into_iter().map(cells))?,
            Format::Json => {
                let acts = rows.into_iter().map(ShownAct::from).collect();
                File::json("acts", &ListedActs { acts, next: next.clone() })?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}
