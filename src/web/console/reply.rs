//! Pages as answers, and errors as pages.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use askama::Template;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    error: &'a PageError,
}

/// An error as a page.
pub(super) fn error(frame: Frame, error: &PageError) -> HttpResponse {
    tracing::warn!(status = error.status.as_u16(), reason = error.reason, "page of the console refused");
    let frame = frame.titled(error.title);
    let mut response = HttpResponse::build(error.status);
    if error.status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "1"));
    }
    html(response, &ErrorPage { frame, error })
}

const HTML: &str = "text/html; charset=utf-8";

/// A page with that status.
pub(super) fn html(mut response: actix_web::HttpResponseBuilder, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(text) => response.content_type(HTML).body(text),
        Err(fault) => {
            tracing::error!(%fault, "page of the console failed");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Makes a page on the blocking pool, where store queries belong: on a worker they would stall all its connections.
pub(super) async fn page<T, W>(frame: Frame, work: W) -> HttpResponse
where
    T: Template + Send + 'static,
    W: FnOnce(Frame) -> PageResult<T> + Send + 'static,
{
    let for_error = frame.clone();
    match blocking(move || work(frame)).await {
        Ok(page) => html(HttpResponse::Ok(), &page),
        Err(fault) => error(for_error, &fault),
    }
}

/// Makes another answer than a page on the blocking pool.
pub(super) async fn answer<W>(frame: Frame, work: W) -> HttpResponse
where
    W: FnOnce() -> PageResult<Answer> + Send + 'static,
{
    match blocking(work).await {
        Ok(Answer::To(address)) => {
            HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
        }
        Ok(Answer::File(file)) => file.into_response(),
        Ok(Answer::Page(status, text)) => HttpResponse::build(status).content_type(HTML).body(text),
        Err(fault) => error(frame, &fault),
    }
}

/// An answer other than a page.
#[derive(Debug)]
pub(super) enum Answer {
    /// Another page.
    To(String),
    /// A download.
    File(File),
    /// A page with a status, where it is known only now that it is one.
    Page(StatusCode, String),
}

impl Answer {
    /// A page.
    pub(super) fn page(page: &impl Template) -> PageResult<Self> {
        Self::page_with(StatusCode::OK, page)
    }

    /// A page that was written elsewhere.
    pub(super) fn written(page: askama::Result<String>) -> PageResult<Self> {
        page.map(|text| Self::Page(StatusCode::OK, text)).map_err(PageError::broken)
    }

    /// A page that says what is wrong, with that status, and keeps what was filled in.
    pub(super) fn page_with(status: StatusCode, page: &impl Template) -> PageResult<Self> {
        page.render().map(|text| Self::Page(status, text)).map_err(PageError::broken)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> PageResult<T> + Send + 'static) -> PageResult<T> {
    web::block(work).await.unwrap_or_else(|fault| Err(PageError::broken(fault)))
}
