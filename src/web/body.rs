//! Buffered request bodies, with limits of length, time, and the memory of all bodies together.
//!
//! The framework only limits the length. Without the others, slow senders could hold memory and connections without end.

use std::{
    error::Error,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    body::{BodyStream, MessageBody},
    dev,
    http::{StatusCode, header},
    rt::time::timeout,
    web,
};

use super::Bounds;

/// The body limits of a listener. All its workers share one budget.
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
    /// How many bytes of it are reserved.
    reserved: AtomicUsize,
}

impl Limits {
    pub(super) fn new(max_bytes: usize, bounds: Bounds) -> Self {
        let budget = BodyBudget { bytes: bounds.held_bytes, reserved: AtomicUsize::new(0) };
        Self { max_bytes, time: bounds.body, budget: Arc::new(budget) }
    }

    /// The longest body.
    pub(super) const fn max_bytes(&self) -> usize {
        self.max_bytes
    }
}

/// A complete body in memory. Dropping it releases its part of the budget.
#[derive(Debug)]
pub(super) struct BufferedBody {
    bytes: Vec<u8>,
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

/// A complete body that several hold.
#[derive(Clone, Debug)]
pub(super) struct SharedBody(Arc<BufferedBody>);

impl From<BufferedBody> for SharedBody {
    fn from(body: BufferedBody) -> Self {
        Self(Arc::new(body))
    }
}

impl AsRef<[u8]> for SharedBody {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Why a body was refused or could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyFault {
    /// It is compressed or has another encoding.
    #[error("send the body as it is, without `Content-Encoding`")]
    Encoded,
    /// The peer asks for another protocol, so that the bytes after the head are not a body.
    #[error("there is nothing to upgrade to")]
    Upgrade,
    /// It is too long.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// It did not arrive in time.
    #[error("the body did not arrive within {} s", .0.as_secs_f64())]
    TooSlow(Duration),
    /// The budget is used up by other bodies.
    #[error("busy, try again")]
    OverBudget,
    /// The connection broke off, or the framing is wrong.
    #[error("the body cannot be read: {0}")]
    Broken(Box<dyn Error>),
}

impl ResponseError for BodyFault {
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
        // The rest of the body is still on its way. Closing is cheaper than reading it to reach the next request.
        response.force_close().content_type("text/plain; charset=utf-8");
        if matches!(self, Self::OverBudget) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        // What is accepted instead (RFC 9110, 15.5.16).
        if matches!(self, Self::Encoded) {
            response.insert_header((header::ACCEPT_ENCODING, "identity"));
        }
        response.body(format!("{self}\n"))
    }
}

/// Lets a handler take the body as an argument, if it needs no check before the body is read.
impl FromRequest for BufferedBody {
    type Error = BodyFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, BodyFault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move { read(&request, payload.await.map_err(|_| BodyFault::TooLong(0))?).await })
    }
}

/// Reads a body within the limits of the listener.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<BufferedBody, BodyFault> {
    let limits = limits_of(request);
    if wants_websocket(request) {
        return Err(BodyFault::Upgrade);
    }
    // Not decoded: a small compressed body can expand to a huge one.
    if is_encoded(request) {
        return Err(BodyFault::Encoded);
    }
    // Refused before a byte is read. The check below would find it too, but only after `max_bytes` bytes.
    let declared = declared_length(request);
    if declared.is_some_and(|length| length > limits.max_bytes) {
        return Err(BodyFault::TooLong(limits.max_bytes));
    }
    // Not allocated beforehand: a peer could declare much and send nothing.
    let max_length = declared.unwrap_or(limits.max_bytes);
    let body = timeout(limits.time, collect(BodyStream::new(payload), &limits, max_length));
    body.await.unwrap_or(Err(BodyFault::TooSlow(limits.time)))
}

/// Copies a part of a body that was read, such as a file of a form. The copy takes its part of the budget, too.
pub(super) async fn copy_part(
    request: &HttpRequest,
    part: impl MessageBody,
) -> Result<BufferedBody, BodyFault> {
    let limits = limits_of(request);
    collect(part, &limits, limits.max_bytes).await
}

/// The limits of the listener. Without them nothing is read: a listener that forgot them must fail in its first test.
fn limits_of(request: &HttpRequest) -> Limits {
    let limits = request.app_data::<web::Data<Limits>>();
    limits.map_or_else(|| Limits::new(0, Bounds::default()), |limits| Limits::clone(limits))
}

/// Whether the body is compressed or has another content coding. `identity` and an empty list are none.
fn is_encoded(request: &HttpRequest) -> bool {
    request.headers().get_all(header::CONTENT_ENCODING).any(|value| {
        let mut codings = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        codings.any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
    })
}

/// Whether the peer asks for WebSocket. The framework would then read everything that follows as the body and ignore
/// Content-Length. A proxy in front of it would not, and could be made to smuggle a second request through.
fn wants_websocket(request: &HttpRequest) -> bool {
    let mut upgrades = request.headers().get_all(header::UPGRADE);
    upgrades.any(|upgrade| upgrade.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

/// The Content-Length, if there is one. A number too large to parse counts as the largest: it is over every limit.
fn declared_length(request: &HttpRequest) -> Option<usize> {
    let length = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?;
    Some(length.trim().parse().unwrap_or(usize::MAX))
}

async fn collect(
    payload: impl MessageBody,
    limits: &Limits,
    max_length: usize,
) -> Result<BufferedBody, BodyFault> {
    let mut payload = pin!(payload);
    let mut reserved = Reservation { budget: Arc::clone(&limits.budget), bytes: 0 };
    let mut bytes = Vec::new();
    while let Some(chunk) = poll_fn(|context| payload.as_mut().poll_next(context)).await {
        let chunk = chunk.map_err(|error| BodyFault::Broken(error.into()))?;
        // A chunked body declares no length, so the limit is checked with each chunk.
        if bytes.len() + chunk.len() > max_length {
            return Err(BodyFault::TooLong(limits.max_bytes));
        }
        let length = bytes.len() + chunk.len();
        if length > bytes.capacity() {
            // The budget counts what is allocated, so the vector grows by a quarter, and not to the double by itself.
            let capacity = length.max(bytes.capacity() + bytes.capacity() / 4).min(max_length);
            reserved.reserve(capacity - bytes.capacity())?;
            bytes.reserve_exact(capacity - bytes.len());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(BufferedBody { bytes, _reserved: reserved })
}

/// A reservation of a part of the budget. Dropping it releases that part.
#[derive(Debug)]
struct Reservation {
    budget: Arc<BodyBudget>,
    bytes: usize,
}

impl Reservation {
    fn reserve(&mut self, more: usize) -> Result<(), BodyFault> {
        // Recorded first, so that dropping this releases it even if it exceeds the budget.
        self.bytes += more;
        // Relaxed is enough: only the counter itself is shared, and it protects no other memory.
        let before = self.budget.reserved.fetch_add(more, Ordering::Relaxed);
        if before + more > self.budget.bytes { Err(BodyFault::OverBudget) } else { Ok(()) }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.reserved.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reserved_is_given_back_whatever_happens() {
        let bounds = Bounds { held_bytes: 10, ..Bounds::default() };
        let budget = Limits::new(100, bounds).budget;
        let reservation = || Reservation { budget: Arc::clone(&budget), bytes: 0 };
        let (mut first, mut second) = (reservation(), reservation());
        first.reserve(6).unwrap();
        assert!(matches!(second.reserve(5), Err(BodyFault::OverBudget)));
        drop(second);
        reservation().reserve(4).unwrap();
        first.reserve(4).unwrap();
        assert!(matches!(reservation().reserve(1), Err(BodyFault::OverBudget)));
        drop(first);
        assert_eq!(budget.reserved.load(Ordering::Relaxed), 0);
    }
}
