//! Coverage: what SR 12.1 is answered about a place, in each schemaVersion beside the others, and the extracts in force.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    coverage_rows::{Across, Cell, CheckRow, ReadAs, SourceRow, groups, sources},
    extracts::ExtractRow,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply,
    shown::CodeMark,
    xml::{self, XmlRow},
};
use crate::{
    domain::{PremisesKey, PropertyFilter},
    service::{
        App,
        console::{CoverageAnswer, CoverageInVersion},
    },
};

/// The parameters of the address.
pub(super) const KNOWN: [&str; 3] = ["post_code", "address", "uprn"];

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoveragePage {
    frame: Frame,
    parameters: Parameters,
    answer: Option<Answered>,
    extracts: Vec<ExtractRow>,
}

impl CoveragePage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }
}

/// What was asked, and the answer.
struct Answered {
    place: String,
    code: CodeMark,
    meaning: Option<&'static str>,
    is_success: bool,
    versions: Vec<VersionRow>,
    groups: Vec<Across>,
    sources: Vec<SourceRow>,
    checks: Vec<CheckRow>,
    csv: String,
    json: String,
}

/// A schemaVersion, and its answer as XML.
struct VersionRow {
    version: &'static str,
    code: CodeMark,
    lines: Vec<XmlRow>,
}

/// The place that the parameters ask about, if they ask about one.
pub(super) fn place_in(parameters: &Parameters) -> PageResult<Option<PremisesKey>> {
    let (uprn, post_code) = (parameters.value("uprn")?, parameters.value("post_code")?);
    Ok(match (uprn, post_code) {
        (Some(_), Some(_)) => {
            return Err(PageError::parameter(
                "uprn",
                "stands beside `post_code`: SR 12.1 asks by one of both",
            ));
        }
        (Some(uprn), None) => Some(PremisesKey::Uprn(uprn)),
        (None, Some(post_code)) => {
            let address = parameters.text("address").unwrap_or_default();
            let address_identifier =
                address.parse().map_err(|reason| PageError::parameter("address", reason))?;
            Some(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
        }
        (None, None) if parameters.text("address").is_some() => {
            return Err(PageError::parameter("address", "needs `post_code` beside it"));
        }
        (None, None) => None,
    })
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let place = place_in(&parameters)?;
        let now = app.clock().now();
        let extracts = app.coverage_extracts()?;
        let answer = match place {
            None => None,
            Some(place) => Some(answered(&place, app.coverage_at(&place)?, &parameters)),
        };
        Ok(CoveragePage {
            frame,
            parameters,
            answer,
            extracts: extracts.iter().map(|extract| ExtractRow::new(extract, now)).collect(),
        })
    };
    reply::page(frame.titled("Coverage"), work).await
}

fn answered(place: &PremisesKey, answer: CoverageAnswer, parameters: &Parameters) -> Answered {
    let at = |path: &str| parameters.with(path, "", None::<String>);
    Answered {
        place: match place {
            PremisesKey::Uprn(uprn) => format!("UPRN {uprn}"),
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
                format!("{address_identifier} {post_code}").trim().to_owned()
            }
        },
        code: CodeMark(answer.decision.code),
        meaning: answer.decision.code.meaning(),
        is_success: answer.decision.code.is_success(),
        groups: groups(&answer.versions),
        sources: sources(&answer),
        checks: answer.decision.steps.iter().map(CheckRow::from).collect(),
        versions: answer.versions.into_iter().map(VersionRow::from).collect(),
        csv: at("/coverage.csv"),
        json: at("/coverage.json"),
    }
}

impl From<CoverageInVersion> for VersionRow {
    fn from(version: CoverageInVersion) -> Self {
        Self { version: version.version, code: CodeMark(version.code), lines: xml::rows(version.message) }
    }
}
