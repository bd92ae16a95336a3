//! A body, read whole within bounds: of its length, of time, and of what all bodies hold together.
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
    room: Arc<Room>,
}

/// Memory for all bodies of a listener.
#[derive(Debug)]
struct Room {
    bytes: usize,
    held: AtomicUsize,
}

impl Limits {
    pub(super) fn new(max_bytes: usize, bounds: Bounds) -> Self {
        let room = Room { bytes: bounds.held_bytes, held: AtomicUsize::new(0) };
        Self { max_bytes, time: bounds.body, room: Arc::new(room) }
    }
}

/// A body; its room is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Whole {
    bytes: Bytes,
    _held: Held,
}

impl Whole {
    /// The bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
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
    /// Others' bodies fill the room.
    #[error("busy, try again")]
    NoRoom,
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
            Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Self::Upgrade | Self::Broken(_) => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        // What is left of the body is not worth reading.
        response.force_close().content_type("text/plain; charset=utf-8");
        if matches!(self, Self::NoRoom) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.body(format!("{self}\n"))
    }
}

/// For a handler that has nothing to say before its body is there.
impl FromRequest for Whole {
    type Error = NotRead;
    type Future = Pin<Box<dyn Future<Output = Result<Self, NotRead>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move { read(&request, payload.await.map_err(|_| NotRead::TooLong(0))?).await })
    }
}

/// Reads a body.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Whole, NotRead> {
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

async fn collect(payload: web::Payload, limits: &Limits) -> Result<Whole, NotRead> {
    let mut payload = BodyStream::new(payload);
    let mut held = Held { room: Arc::clone(&limits.room), bytes: 0 };
    let mut bytes = BytesMut::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
        let chunk = chunk.map_err(NotRead::Broken)?;
        if bytes.len() + chunk.len() > limits.max_bytes {
            return Err(NotRead::TooLong(limits.max_bytes));
        }
        held.take(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(Whole { bytes: bytes.freeze(), _held: held })
}

/// Some of the room.
#[derive(Debug)]
struct Held {
    room: Arc<Room>,
    bytes: usize,
}

impl Held {
    fn take(&mut self, more: usize) -> Result<(), NotRead> {
        // From here on dropping it gives it back, also where it was too much.
        self.bytes += more;
        let before = self.room.held.fetch_add(more, Ordering::Relaxed);
        if before + more > self.room.bytes { Err(NotRead::NoRoom) } else { Ok(()) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_whatever_happens() {
        let bounds = Bounds { held_bytes: 10, ..Bounds::default() };
        let room = Limits::new(100, bounds).room;
        let held = || Held { room: Arc::clone(&room), bytes: 0 };
        let (mut first, mut second) = (held(), held());
        first.take(6).unwrap();
        assert!(matches!(second.take(5), Err(NotRead::NoRoom)));
        drop(second);
        held().take(4).unwrap();
        first.take(4).unwrap();
        assert!(matches!(held().take(1), Err(NotRead::NoRoom)));
        drop(first);
        assert_eq!(room.held.load(Ordering::Relaxed), 0);
    }
}
