//! Records each message of the DUIS listener for the journal of a test instance (HARNESS.md 6).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web,
};

use super::health;
use crate::{
    clock::Stopwatch,
    metrics::ForwardOutcome,
    service::{
        App, Handover, Reason,
        test_bench::{Header, JournalKind, Recorded},
    },
};

/// What is recorded of a message so far. Clones are one recording.
#[derive(Clone)]
pub(super) struct Recording {
    recorded: Arc<Mutex<Recorded>>,
    app: web::Data<App>,
    /// Its number in the journal.
    number: i64,
    stopwatch: Stopwatch,
}

/// The note of a message that is not answered yet.
const UNDER_WAY: &str = "under way";
/// The note of a message whose client left.
const LEFT: &str = "the connection ended before the answer";

/// A recording whose entry is completed when this is dropped: also where the client hung up, and the answer is never made.
struct Completing(Recording);

impl Drop for Completing {
    fn drop(&mut self) {
        let mut recorded = self.0.lock();
        if recorded.note.as_deref() == Some(UNDER_WAY) {
            recorded.note = Some(LEFT.to_owned());
        }
        drop(recorded);
        self.0.save();
    }
}

/// Middleware that records each message and its answer, where there is a journal.
pub(super) async fn attach(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let app = request.app_data::<web::Data<App>>().cloned().filter(|app| {
        let is_on = app.test_bench().is_ok_and(|bench| bench.journal().is_on());
        is_on && !health::is_health_request(&request)
    });
    let Some(app) = app else { return next.call(request).await };
    let at = app.clock().now().0;
    let new = Recorded::new(JournalKind::Request, at, request.path().to_owned());
    let request_headers = shown(request.headers());
    let note = Some(UNDER_WAY.to_owned());
    let recorded = Recorded { peer: request.peer_addr(), request_headers, note, ..new };
    let Some(recording) = Recording::begin(app, recorded) else { return next.call(request).await };
    request.extensions_mut().insert(recording.clone());
    let completing = Completing(recording.clone());
    let response = next.call(request).await?;
    recording.answered(response.response());
    drop(completing);
    Ok(response)
}

/// The recording of this request, if there is one.
pub(super) fn of(request: &HttpRequest) -> Option<Recording> {
    request.extensions().get::<Recording>().cloned()
}

/// The headers for the journal, without those that let somebody in.
fn shown(headers: &HeaderMap) -> Vec<Header> {
    let shown =
        headers.iter().filter(|(name, _)| **name != header::AUTHORIZATION && **name != header::COOKIE);
    let shown = shown.map(|(name, value)| Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    });
    shown.collect()
}

impl Recording {
    fn begin(app: web::Data<App>, recorded: Recorded) -> Option<Self> {
        let number = app.test_bench().ok()?.journal().push(recorded.clone());
        let stopwatch = Stopwatch::start();
        Some(Self { recorded: Arc::new(Mutex::new(recorded)), app, number, stopwatch })
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is known by now into the journal.
    fn save(&self) {
        if let Ok(bench) = self.app.test_bench() {
            let recorded = Recorded { took: self.stopwatch.elapsed(), ..self.lock().clone() };
            bench.journal().replace(self.number, recorded);
        }
    }

    /// The body of the request.
    pub(super) fn request(&self, body: &[u8]) {
        self.lock().request = Some(body.to_vec());
    }

    /// The body of the answer.
    pub(super) fn answer(&self, body: &[u8]) {
        self.lock().answer = Some(body.to_vec());
    }

    /// What became of a request that went to another endpoint.
    pub(super) fn forwarded(&self, outcome: ForwardOutcome) {
        self.lock().forwarded = Some(outcome);
    }

    /// What the service knows of the message: which request it is, and which fault on purpose acts on it. To be called before the
    /// answer is held back, which the client may not wait for.
    pub(super) fn know(&self, handover: &Handover) {
        let mut recorded = self.lock();
        if let Some((id, variant)) = handover.about() {
            recorded.request_id = Some(id);
            recorded.user = Some(id.originator);
            recorded.variant = Some(variant);
        }
        recorded.fault = handover.fault().map(|fault| fault.id.clone());
        drop(recorded);
        self.save();
    }

    /// Records the head of the answer, and why it is as it is. The status of an answer that is not sent is left out.
    fn answered<B>(&self, response: &HttpResponse<B>) {
        let mut recorded = self.lock();
        recorded.note = None;
        if let Some(reason) = response.extensions().get::<Reason>() {
            recorded.rule = Some(reason.rule);
            recorded.note = Some(reason.text.clone()).filter(|text| !text.is_empty());
            recorded.request_id = recorded.request_id.or(reason.request_id);
            recorded.variant = recorded.variant.or(reason.variant);
        }
        if response.extensions().get::<NotSent>().is_none() {
            recorded.status = Some(response.status().as_u16());
            recorded.answer_headers = shown(response.headers());
        }
    }
}

/// Marks a response that is never sent.
struct NotSent;

/// Marks a response that is never sent: the connection is closed in its place.
pub(super) fn not_sent(mut response: HttpResponse) -> HttpResponse {
    response.extensions_mut().insert(NotSent);
    response
}

/// Records the body of a response that is whole in memory.
pub(super) fn with_body(recording: Option<&Recording>, response: HttpResponse) -> HttpResponse {
    let Some(recording) = recording else { return response };
    let (head, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(bytes) => {
            recording.answer(&bytes);
            head.set_body(BoxBody::new(bytes))
        }
        // An answer, which was recorded when it was made.
        Err(body) => head.set_body(body),
    }
}
