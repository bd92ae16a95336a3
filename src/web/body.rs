//! Buffered bodies: read whole within bounds of length, time, and memory of all bodies together.
//!
//! The framework bounds the length alone; a body that comes one byte a minute would be waited for.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    body::{BodyStream, MessageBody as _},
    dev,
    error::PayloadError,
    http::{StatusCode, header},
    rt::time::timeout,
    web::{self, Bytes, BytesMut},
};

use super::Bounds;

/// What the bodies of a listener may be.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    max_bytes: usize,
    time: Duration,
    budget: Arc<BodyBudget>,
}

/// The memory budget of all bodies of a listener.
#[derive(Debug)]
struct BodyBudget {
    bytes: usize,
    held: AtomicUsize,
}

impl Limits {
    pub(super) fn new(max_bytes: usize, bounds: Bounds) -> Self {
        let budget = BodyBudget { bytes: bounds.held_bytes, held: AtomicUsize::new(0) };
        Self { max_bytes, time: bounds.body, budget: Arc::new(budget) }
    }
}

/// A body in memory; what it reserved of the budget is free again when this is dropped.
#[derive(Debug)]
pub(super) struct BufferedBody {
    bytes: Bytes,
    _reserved: Reservation,
}

impl BufferedBody {
    /// The bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsRef<[u8]> for BufferedBody {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRead {
    /// It is compressed, or encoded otherwise.
    #[error("send the body as it is, without `Content-Encoding`")]
    Encoded,
    /// The peer wants another protocol, and what follows would be no body.
    #[error("there is nothing to upgrade to")]
    Upgrade,
    /// It is too long.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// It did not arrive in time.
    #[error("the body did not arrive within {} s", .0.as_secs_f64())]
    TooSlow(Duration),
    /// The bodies of others take the whole budget.
    #[error("busy, try again")]
    OverBudget,
    /// It broke off, or its framing is wrong.
    #[error("the body cannot be read: {0}")]
    Broken(PayloadError),
}

impl ResponseError for NotRead {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::OverBudget => StatusCode::SERVICE_UNAVAILABLE,
            Self::Upgrade | Self::Broken(_) => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        // What is left of the body is not worth reading.
        response.force_close().content_type("text/plain; charset=utf-8");
        if matches!(self, Self::OverBudget) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.body(format!("{self}\n"))
    }
}

/// For a handler that has nothing to say before its body is there.
impl FromRequest for BufferedBody {
    type Error = NotRead;
    type Future = Pin<Box<dyn Future<Output = Result<Self, NotRead>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move { read(&request, payload.await.map_err(|_| NotRead::TooLong(0))?).await })
    }
}

/// Reads a body.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<BufferedBody, NotRead> {
    let limits = request.app_data::<web::Data<Limits>>();
    let limits = limits.map_or_else(|| Limits::new(0, Bounds::default()), |limits| Limits::clone(limits));
    if wants_websocket(request) {
        return Err(NotRead::Upgrade);
    }
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(NotRead::Encoded);
    }
    if declared_length(request).is_some_and(|length| length > limits.max_bytes) {
        return Err(NotRead::TooLong(limits.max_bytes));
    }
    let whole = timeout(limits.time, collect(payload, &limits));
    whole.await.unwrap_or(Err(NotRead::TooSlow(limits.time)))
}

/// The framework would take whatever follows for the body, whatever Content-Length says; a proxy in front would not.
fn wants_websocket(request: &HttpRequest) -> bool {
    let mut upgrades = request.headers().get_all(header::UPGRADE);
    upgrades.any(|upgrade| upgrade.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

/// What the head says, where it says something; one too great for a number is told as the greatest.
fn declared_length(request: &HttpRequest) -> Option<usize> {
    let length = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?;
    Some(length.trim().parse().unwrap_or(usize::MAX))
}

async fn collect(payload: web::Payload, limits: &Limits) -> Result<BufferedBody, NotRead> {
    let mut payload = BodyStream::new(payload);
    let mut reserved = Reservation { budget: Arc::clone(&limits.budget), bytes: 0 };
    let mut bytes = BytesMut::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
        let chunk = chunk.map_err(NotRead::Broken)?;
        if bytes.len() + chunk.len() > limits.max_bytes {
            return Err(NotRead::TooLong(limits.max_bytes));
        }
        reserved.reserve(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(BufferedBody { bytes: bytes.freeze(), _reserved: reserved })
}

/// A reservation of some of the budget; it is given back when this is dropped.
#[derive(Debug)]
struct Reservation {
    budget: Arc<BodyBudget>,
    bytes: usize,
}

impl Reservation {
    fn reserve(&mut self, more: usize) -> Result<(), NotRead> {
        // From here on dropping it gives it back, also where it was too much.
        self.bytes += more;
        let before = self.budget.held.fetch_add(more, Ordering::Relaxed);
        if before + more > self.budget.bytes { Err(NotRead::OverBudget) } else { Ok(()) }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reserved_is_given_back_whatever_happens() {
        let bounds = Bounds { held_bytes: 10, ..Bounds::default() };
        let budget = Limits::new(100, bounds).budget;
        let held = || Reservation { budget: Arc::clone(&budget), bytes: 0 };
        let (mut first, mut second) = (held(), held());
        first.reserve(6).unwrap();
        assert!(matches!(second.reserve(5), Err(NotRead::OverBudget)));
        drop(second);
        held().reserve(4).unwrap();
        first.reserve(4).unwrap();
        assert!(matches!(held().reserve(1), Err(NotRead::OverBudget)));
        drop(first);
        assert_eq!(budget.held.load(Ordering::Relaxed), 0);
    }
}
