//! Import: a file is uploaded and checked, the operator reads what it would do, and imports it whole.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    form::Form,
    frame::Frame,
    jobs,
    multipart::SentFile,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply::{self, Answer},
    sent::Sent,
    shown::When,
};
use crate::{
    domain::CspRegion,
    service::{
        App,
        console::{
            ImportKind, KindValue, LastImportValue, OriginValue, Overtaken, RegionsValue, UploadRefused,
        },
    },
    web::{body::Limits, local_time::local_text},
};

/// The page, and where a file is sent to.
pub(super) const PATH: &str = "/import";
pub(super) const UPLOAD: &str = "/import/check";
/// The fields of the form beside the file, which the address of the page may fill in.
const FIELDS: [&str; 4] = ["kind", "region", "rows", "empty"];
/// What the field of the region says of a file that may have several.
const ALL_REGIONS: &str = "all";

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    kinds: Vec<KindRow>,
    regions: &'static [CspRegion],
    filled: Parameters,
    /// The most bytes of a form with its file.
    max_bytes: usize,
}

impl ImportPage {
    fn filled(&self, name: &str) -> &str {
        self.filled.text(name).unwrap_or_default()
    }

    /// The longest file, in words.
    fn longest(&self) -> String {
        match self.max_bytes / 1_000 {
            kilobytes @ ..1_000 => format!("{kilobytes} kB"),
            kilobytes => format!("{} MB", kilobytes / 1_000),
        }
    }

    /// Whether what is said of few kinds alone is filled in.
    fn has_options(&self) -> bool {
        self.filled.has_filters("kind")
    }
}

/// A kind of file as the page shows it.
struct KindRow {
    name: &'static str,
    required: String,
    others: String,
    last: Option<LastRow>,
}

/// The last import of a kind.
struct LastRow {
    at: When,
    last: LastImportValue,
}

impl From<ImportKind> for KindRow {
    fn from(ImportKind { kind, required, columns, last }: ImportKind) -> Self {
        let others = columns.iter().filter(|column| !required.contains(column)).copied().collect::<Vec<_>>();
        Self {
            name: kind.as_str(),
            required: required.join(", "),
            others: others.join(", "),
            last: last.map(|last| LastRow { at: When(last.at), last }),
        }
    }
}

/// The address of the page with these fields of its form filled in.
pub(super) fn address_with(form: &Form) -> String {
    let given = FIELDS.iter().map(|name| (name, form.text(name))).filter(|(_, value)| !value.is_empty());
    let pairs = given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let pairs = pairs.collect::<Vec<_>>();
    if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
}

pub(super) async fn show(
    app: web::Data<App>,
    limits: web::Data<Limits>,
    frame: Frame,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &FIELDS);
    let work = move |frame| {
        let kinds = app.import_kinds()?.into_iter().map(KindRow::from).collect();
        let (filled, max_bytes) = (parameters?, limits.max_bytes());
        Ok(ImportPage { frame, kinds, regions: CspRegion::WITH_COVERAGE, filled, max_bytes })
    };
    reply::page(frame.titled("Import"), work).await
}

/// Takes a file, and starts its check.
pub(super) async fn upload(sent: Sent, file: Option<web::ReqData<SentFile>>) -> HttpResponse {
    let work = move |sent: &Sent| {
        let file = file.map(web::ReqData::into_inner).filter(|file| !file.content.as_bytes().is_empty());
        let file = file.ok_or_else(|| PageError::field("file", "no file was chosen, or it is empty"))?;
        let kind = optional::<KindValue>(&sent.form, "kind")?;
        let origin = origin(&sent.form, &file.name)?;
        started(sent, sent.app.check_upload(kind, origin, file.content.as_bytes(), sent.by.clone()))
    };
    sent.answer(work).await
}

/// Checks a file again that was uploaded before.
pub(super) async fn check(sent: Sent, number: web::Path<String>) -> HttpResponse {
    let work = move |sent: &Sent| started(sent, sent.app.start_check(parsed(&number)?, sent.by.clone()));
    sent.answer(work).await
}

/// Imports a file that was uploaded and checked before.
pub(super) async fn run(sent: Sent, number: web::Path<String>) -> HttpResponse {
    let work = move |sent: &Sent| {
        let seen = sent.form.text("seen").parse::<i64>();
        let seen = seen.map_err(|_| PageError::field("seen", "is not a number"))?;
        started(sent, sent.app.start_import(parsed(&number)?, seen, sent.by.clone()))
    };
    sent.answer(work).await
}

fn parsed(number: &str) -> PageResult<u64> {
    number.parse().map_err(|_| PageError::not_found(format!("There is no uploaded file {number}.")))
}

#[derive(Template)]
#[template(path = "import_overtaken.html")]
struct OvertakenPage {
    frame: Frame,
    /// What the other import did.
    told: String,
    file: String,
    number: u64,
}

fn started(sent: &Sent, started: Result<u64, UploadRefused>) -> PageResult<Answer> {
    let refused = match started {
        Ok(number) => return jobs::go_to(&sent.app, Ok(number)),
        Err(refused) => refused,
    };
    match refused {
        UploadRefused::Job(refused) => jobs::go_to(&sent.app, Err(refused)),
        UploadRefused::Fault(fault) => Err(fault.into()),
        UploadRefused::UnknownKind => Err(PageError::field(
            "kind",
            "the first line of the file fits no kind; it must name the columns. Choose the kind to see what is missing",
        )),
        UploadRefused::Gone => Err(PageError::gone(
            "An instance keeps an uploaded file for an hour, and until it is imported; it keeps the last eight.",
        )),
        refused @ UploadRefused::NotKept(_) => Err(PageError::broken(refused)),
        UploadRefused::Overtaken(overtaken) => {
            let Overtaken { file, last } = *overtaken;
            let page = OvertakenPage {
                frame: sent.frame.clone().titled("Not imported").below("Import", PATH),
                told: told(file.kind, last),
                file: file.name,
                number: file.number,
            };
            Answer::page_with(StatusCode::CONFLICT, &page)
        }
    }
}

/// Tells the second of two people who import one kind what the first one did.
fn told(kind: KindValue, last: Option<LastImportValue>) -> String {
    let Some(LastImportValue { at, by, file, counts }) = last else {
        return format!("Another import of {kind} was begun since you checked this file.");
    };
    let by = by.as_deref().unwrap_or("A program");
    format!(
        "{by} imported {kind} from {file} at {}: {} new, {} changed, {} unchanged, {} removed.",
        local_text(at),
        counts.added,
        counts.replaced,
        counts.unchanged,
        counts.removed
    )
}

/// What the form says of the file.
fn origin(form: &Form, name: &str) -> PageResult<OriginValue> {
    let regions = match form.text("region") {
        "" => RegionsValue::Any,
        ALL_REGIONS => RegionsValue::All,
        _ => optional(form, "region")?.map_or(RegionsValue::Any, RegionsValue::Only),
    };
    let (rows, may_be_empty) = (optional(form, "rows")?, !form.text("empty").is_empty());
    Ok(OriginValue { regions, rows, may_be_empty, ..OriginValue::named(name) })
}

/// A field as that kind of value; none if it is empty.
fn optional<T: std::str::FromStr<Err: ToString>>(form: &Form, name: &str) -> PageResult<Option<T>> {
    match form.text(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|reason: T::Err| PageError::field(name, reason)),
    }
}
