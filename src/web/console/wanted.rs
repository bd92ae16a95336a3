//! A download that is asked for: of which list, as CSV or as JSON, which the address says.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, error::ErrorInternalServerError, web};

use super::{
    download::File,
    frame::Frame,
    page_error::PageResult,
    query::Parameters,
    reply::{self, Answer},
};
use crate::{service::App, web::reader::Reader};

/// What a list is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
}

/// A download that is asked for, before its parameters are read.
pub(super) struct Wanted {
    app: web::Data<App>,
    frame: Frame,
    request: HttpRequest,
}

/// A download to be made.
pub(super) struct Download {
    pub(super) app: web::Data<App>,
    pub(super) parameters: Parameters,
    pub(super) format: Format,
    pub(super) reader: Reader,
    path: String,
}

impl Wanted {
    /// Makes it on the blocking pool. Parameters beside those known are refused.
    pub(super) async fn answer<W>(self, known: &[&str], work: W) -> HttpResponse
    where
        W: FnOnce(&Download) -> PageResult<File> + Send + 'static,
    {
        let Self { app, frame, request } = self;
        let (parameters, path) = (Parameters::of(&request, known), request.path().to_owned());
        let format = if path.ends_with(".csv") { Format::Csv } else { Format::Json };
        let reader = Reader::of(&request);
        let work = move || {
            let download = Download { app, parameters: parameters?, format, reader, path };
            Ok(Answer::File(work(&download)?))
        };
        reply::answer(frame, work).await
    }
}

impl Download {
    /// The address of the next part, which begins at that place.
    pub(super) fn next(&self, name: &str, place: Option<impl ToString>) -> Option<String> {
        place.map(|place| self.parameters.with(&self.path, name, Some(place)))
    }
}

impl FromRequest for Wanted {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let wanted = app.map(|app| Self { app, frame: Frame::of(request, ""), request: request.clone() });
        ready(wanted.ok_or_else(|| ErrorInternalServerError("a listener without a service")))
    }
}
