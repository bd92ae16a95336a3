//! A request for a re-flash: its file is looked at first, its reader sees what came of that, and sends it, or the lines without fault.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    download::File,
    form::Form,
    frame::Frame,
    multipart::SentFile,
    order::address_of,
    orders,
    page_error::{PageError, PageResult},
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    sent::Sent,
};
use crate::{
    domain::{ActorName, Date, StockLocation},
    service::{
        App, RequestDraft,
        console::{RequestRefused, TriedRequest},
    },
    web::manage::{FieldFault, Fields, ShownReason},
};

/// The page of a new request, and where its form is sent to.
pub(super) const PATH: &str = "/orders/new";
pub(super) const UPLOAD: &str = "/orders/new/try";
/// Where requests that were looked at stand.
const TRIED: &str = "/orders/tried";
/// The fields of the form beside the file, which the address of the page may fill in.
const FIELDS: [&str; 8] =
    ["user", "hubs", "location", "redeliver_on", "window", "site", "amends", "reference"];

#[derive(Template)]
#[template(path = "order_request.html")]
struct RequestPage {
    frame: Frame,
    is_on: bool,
    filled: Form,
    /// The locations of Parties, and the sites.
    locations: Vec<StockLocation>,
    sites: Vec<StockLocation>,
    /// The first day that re-deliveries may be asked for.
    today: Date,
    refusal: Option<Refusal>,
}

impl RequestPage {
    fn filled(&self, name: &str) -> &str {
        self.filled.text(name)
    }
}

/// The address of the page with these fields of its form filled in.
pub(super) fn address_with(form: &Form) -> String {
    let given = FIELDS.iter().map(|name| (name, form.text(name))).filter(|(_, value)| !value.is_empty());
    let pairs = given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let pairs = pairs.collect::<Vec<_>>();
    if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &FIELDS);
    let work = move |frame| {
        let parameters = parameters?;
        let given = FIELDS
            .iter()
            .map(|name| ((*name).to_owned(), parameters.text(name).unwrap_or_default().to_owned()));
        page(&app, frame, Form::of(given.collect()), None)
    };
    reply::page(frame, work).await
}

fn page(app: &App, frame: Frame, filled: Form, refusal: Option<Refusal>) -> PageResult<RequestPage> {
    let (sites, locations) = app.reflash_places()?.into_iter().partition(|place| place.site().is_some());
    Ok(RequestPage {
        frame: frame.titled("New request").below("Orders", orders::PATH),
        is_on: app.choices().reflash.enabled,
        filled,
        locations,
        sites,
        today: app.london_today(),
        refusal,
    })
}

/// Looks at a request, as `POST /manage/reflash/requests?dry_run=true` does.
pub(super) async fn upload(sent: Sent, file: Option<web::ReqData<SentFile>>) -> HttpResponse {
    let work = move |sent: &Sent| {
        let file = file.map(web::ReqData::into_inner).filter(|file| !file.content.as_bytes().is_empty());
        let kept = draft(&sent.form).and_then(|draft| {
            let reason = "no file was chosen, or it is empty".to_owned();
            Ok((draft, file.ok_or(FieldFault { place: "file".to_owned(), reason })?))
        });
        let refusal = match kept {
            Err(fault) => Refusal::from(fault),
            Ok((draft, file)) => match sent.app.keep_reflash_request(draft, file.content.as_bytes()) {
                Ok(number) => return Ok(Answer::To(format!("{TRIED}/{number}"))),
                Err(refused) => refusal_of(refused)?,
            },
        };
        let page = page(&sent.app, sent.frame.clone(), sent.form.clone(), Some(refusal.clone()))?;
        Answer::page_with(refusal.status, &page)
    };
    sent.answer(work).await
}

fn draft(form: &Form) -> Result<RequestDraft, FieldFault> {
    let texts = FIELDS.iter().map(|name| (*name, form.text(name))).collect();
    Fields::new(texts, Vec::new()).draft()
}

/// Why a request is not taken; an error where it is no longer there, or the service failed.
fn refusal_of(refused: RequestRefused) -> PageResult<Refusal> {
    match refused {
        RequestRefused::Gone => Err(PageError::gone(
            "An instance keeps a request that was looked at for an hour, and until it is sent; it keeps the last eight.",
        )),
        refused @ RequestRefused::NotKept(_) => Err(PageError::broken(refused)),
        RequestRefused::Reflash(fault) => Refusal::of(fault),
    }
}

#[derive(Template)]
#[template(path = "order_tried.html")]
struct TriedPage {
    frame: Frame,
    number: u64,
    asked: Vec<(&'static str, String)>,
    site: Option<String>,
    lines: u64,
    faulty: usize,
    reasons: Vec<ShownReason>,
    reasons_total: usize,
    /// The page of the form, filled in as it was.
    again: String,
    refusal: Option<Refusal>,
}

impl TriedPage {
    /// How many lines are without fault.
    fn good(&self) -> u64 {
        self.lines.saturating_sub(self.faulty as u64)
    }
}

fn number_of(number: &str) -> PageResult<u64> {
    number
        .parse()
        .map_err(|_| PageError::not_found(format!("There is no request {number} that was looked at.")))
}

fn tried(app: &App, frame: Frame, number: u64, refusal: Option<Refusal>) -> PageResult<TriedPage> {
    let found = app.try_kept_request(number).map_err(error_of)?;
    let TriedRequest { draft, shown } = found;
    let asked = fields_of(&draft);
    let again = Form::of(asked.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
    Ok(TriedPage {
        frame: frame.titled("Request, not sent yet").below("Orders", orders::PATH),
        number,
        again: address_with(&again),
        asked: asked.into_iter().map(|(name, value)| (label_of(name), value)).collect(),
        site: shown.listed.order.site.as_ref().map(ToString::to_string),
        lines: shown.listed.hubs.values().sum(),
        faulty: shown.faulty_lines.len(),
        reasons: shown.reasons.iter().map(ShownReason::from).collect(),
        reasons_total: shown.reasons_total,
        refusal,
    })
}

fn error_of(refused: RequestRefused) -> PageError {
    refusal_of(refused).map_or_else(|error| error, |refusal| PageError::conflict(refusal.reason))
}

/// What was asked for, by the names of the fields.
fn fields_of(draft: &RequestDraft) -> Vec<(&'static str, String)> {
    let fields = [
        ("user", Some(draft.user.to_string())),
        ("hubs", draft.hubs.map(|hubs| hubs.to_string())),
        ("location", draft.location.as_ref().map(ToString::to_string)),
        ("redeliver_on", draft.redeliver_on.map(|day| day.to_string())),
        ("window", draft.window.map(|window| window.to_string())),
        ("site", draft.site.as_ref().map(ToString::to_string)),
        ("amends", draft.amends.map(|order| order.to_string())),
        ("reference", draft.reference.as_ref().map(ToString::to_string)),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What a field is called on the page of the form.
fn label_of(name: &'static str) -> &'static str {
    match name {
        "user" => "User that asks",
        "hubs" => "Number of hubs",
        "location" => "Back to",
        "redeliver_on" => "Back on",
        "window" => "In the window",
        "site" => "Site",
        "amends" => "Amends the order",
        "reference" => "The Party’s reference",
        name => name,
    }
}

pub(super) async fn show_tried(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    reply::page(frame, move |frame| tried(&app, frame, number_of(&number)?, None)).await
}

/// The lines without fault, as a file.
pub(super) async fn good(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let work = move || {
        let (file, _) = app.good_lines_of_kept(number_of(&number)?).map_err(error_of)?;
        Ok(Answer::File(File::whole("good.csv", "text/csv; charset=utf-8", file)))
    };
    reply::answer(frame, work).await
}

/// Looks at the lines without fault, as a request of their own.
pub(super) async fn try_good(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let kept = sent.app.keep_good_lines(number_of(&number)?).map_err(error_of)?;
        Ok(Answer::To(format!("{TRIED}/{kept}")))
    })
    .await
}

/// Sends a request that was looked at, as `POST /manage/reflash/requests` does.
pub(super) async fn send(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |Sent { app, frame, by, .. }| {
        let number = number_of(&number)?;
        let refusal = match app.send_kept_request(number, ActorName::from(by)) {
            Ok(shown) => {
                let order = shown.listed.order.number;
                tracing::info!(%by, %order, "re-flash request sent at the console");
                return Ok(Answer::To(address_of(order)));
            }
            Err(refused) => refusal_of(refused)?,
        };
        let status = refusal.status;
        if status == StatusCode::NOT_FOUND {
            return Err(PageError::not_found(refusal.reason));
        }
        Answer::page_with(status, &tried(app, frame.clone(), number, Some(refusal))?)
    })
    .await
}
