//! The search: straight to what fits, else a list, else what it was looked for as.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    frame::Frame,
    order::address_of,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply::{self, Answer},
    shown::DeviceRow,
    supply_point,
};
use crate::{
    domain::{PostCode, Uprn},
    service::{App, console::Found},
};

/// The most characters that are searched.
const MAX_CHARS: usize = 200;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    text: String,
    rows: Vec<DeviceRow>,
    /// Whether there may be more Devices.
    is_cut: bool,
    /// The address of the MPxN that the text is too.
    supply_point: Option<String>,
    /// The address of the coverage there, where the text is a postcode or a UPRN.
    coverage: Option<String>,
    /// What the text was looked for as, where nothing was found.
    looked_for: Vec<&'static str>,
}

impl SearchPage {
    /// Whether the table of Devices says as what they have an MPxN.
    const fn has_kinds(&self) -> bool {
        false
    }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &["q"]);
    let for_page = frame.clone().titled("Search");
    reply::answer(frame, move || find(&app, for_page, &parameters?)).await
}

fn find(app: &App, frame: Frame, parameters: &Parameters) -> PageResult<Answer> {
    let text = parameters.text("q").unwrap_or_default();
    if text.chars().count() > MAX_CHARS {
        return Err(PageError::parameter("q", format!("is longer than {MAX_CHARS} characters")));
    }
    let mut page = SearchPage {
        frame,
        text: text.to_owned(),
        rows: Vec::new(),
        is_cut: false,
        supply_point: None,
        coverage: coverage_of(text),
        looked_for: Vec::new(),
    };
    if text.is_empty() {
        return Answer::page(&page);
    }
    match app.search(text)? {
        Found::Device(id) => return Ok(Answer::To(format!("/devices/{id}"))),
        Found::User(id) => return Ok(Answer::To(format!("/users/{id}"))),
        Found::Request(id) => return Ok(Answer::To(format!("/decisions?request_id={id}"))),
        Found::Order(number) => return Ok(Answer::To(address_of(number))),
        Found::SupplyPoint(mpxn) => return Ok(Answer::To(supply_point::address_of(mpxn.as_str()))),
        Found::Devices(devices, is_cut, mpxn) => {
            if let ([one], None) = (devices.as_slice(), &mpxn) {
                return Ok(Answer::To(format!("/devices/{}", one.id)));
            }
            page.supply_point = mpxn.map(|mpxn| supply_point::address_of(mpxn.as_str()));
            (page.rows, page.is_cut) = (devices.iter().map(DeviceRow::from).collect(), is_cut);
        }
        Found::Nothing(looked_for) => page.looked_for = looked_for,
    }
    Answer::page(&page)
}

/// The address of the coverage of a postcode or a UPRN.
fn coverage_of(text: &str) -> Option<String> {
    let name = if text.parse::<Uprn>().is_ok() {
        "uprn"
    } else {
        text.parse::<PostCode>().ok()?;
        "post_code"
    };
    Some(format!("/coverage?{name}={}", utf8_percent_encode(text, NON_ALPHANUMERIC)))
}
