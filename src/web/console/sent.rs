//! A form that the guard admitted, as its handler takes it.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse, dev::Payload, error::ErrorInternalServerError,
    web,
};

use super::{
    form::Form,
    frame::Frame,
    page_error::PageResult,
    reply::{self, Answer},
};
use crate::service::{
    App,
    console::{PersonName, SignedIn},
};

/// What was filled in, by whom, and what its answer needs.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) app: web::Data<App>,
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) by: PersonName,
}

impl Sent {
    /// Answers it on the blocking pool.
    pub(super) async fn answer<W>(self, work: W) -> HttpResponse
    where
        W: FnOnce(&Self) -> PageResult<Answer> + Send + 'static,
    {
        reply::answer(self.frame.clone(), move || work(&self)).await
    }
}

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.app_data::<web::Data<App>>().cloned().zip({
            let known = request.extensions();
            known.get::<Form>().cloned().zip(known.get::<SignedIn>().cloned())
        });
        let sent = known.map(|(app, (form, SignedIn { name, .. }))| Self {
            app,
            frame: Frame::of(request, ""),
            form,
            by: name,
        });
        ready(sent.ok_or_else(|| ErrorInternalServerError("a form that was not admitted")))
    }
}
