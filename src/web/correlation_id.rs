//! Correlation ids: each HTTP request has an id, which is on all its log lines and in its answer.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use tracing::Instrument as _;

use super::maintenance::Uncounted;
use crate::{clock::Stopwatch, metrics::ListenerName, service::App};

/// The header of the id, in requests and in answers.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The maximum length of an id that a client sends.
const MAX_ID_LENGTH: usize = 64;

/// The id generator of a listener.
#[derive(Debug)]
pub(super) struct CorrelationIds {
    listener: ListenerName,
    prefix: u32,
    next: AtomicU64,
}

impl CorrelationIds {
    pub(super) fn new(listener: ListenerName) -> Self {
        // A random prefix for each start: the counter alone would repeat ids in a log that several starts write to.
        let random = RandomState::new().build_hasher().finish();
        Self { listener, prefix: (random >> 32) as u32, next: AtomicU64::new(0) }
    }

    /// The id that the client sent, if it is safe to log, else a new one.
    fn id(&self, headers: &HeaderMap) -> String {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        given.filter(|given| is_well_formed(given)).map_or_else(|| self.new_id(), str::to_owned)
    }

    fn new_id(&self) -> String {
        format!("{:08x}-{}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

fn is_well_formed(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_ID_LENGTH).contains(&id.len()) && id.bytes().all(is_plain)
}

/// Middleware that opens a span with the id around a request, and counts requests that fail by their HTTP status.
pub(super) async fn attach(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let parts = request
        .app_data::<web::Data<CorrelationIds>>()
        .cloned()
        .zip(request.app_data::<web::Data<App>>().cloned());
    let Some((ids, app)) = parts else { return next.call(request).await };
    let id = ids.id(request.headers());
    let (method, stopwatch) = (request.method().clone(), Stopwatch::start());
    // A span of the highest level is never filtered out, so the id is on every line.
    let span = tracing::error_span!("http", id);
    let mut response = next.call(request).instrument(span.clone()).await?;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    // The pattern and not the path: a path may contain anything, and the log must not.
    let route = response.request().match_pattern().unwrap_or_default();
    let (status, ms) = (response.status(), stopwatch.milliseconds());
    let is_counted = response.response().extensions().get::<Uncounted>().is_none();
    if is_counted && !status.is_success() && !route.starts_with("/health/") {
        app.metrics().refused(ids.listener, status.as_u16());
    }
    let status = status.as_u16();
    // Only changes by management are logged at `info`. The pipeline logs each message itself, and reads, most of all
    // health and metrics, are frequent.
    let is_change = ids.listener == ListenerName::Manage && method != Method::GET;
    span.in_scope(|| {
        if is_change {
            tracing::info!(%method, route, status, ms, "management request answered");
        } else {
            tracing::debug!(%method, route, status, ms, "request answered");
        }
    });
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_formed_id_is_kept_and_any_other_replaced() {
        let ids = CorrelationIds::new(ListenerName::Duis);
        let id = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_str(given).unwrap());
            ids.id(&headers)
        };
        let longest = "x".repeat(64);
        for good in ["a", "0f-8_.Z", &longest] {
            assert_eq!(id(good), good);
        }
        let own = format!("{:08x}-", ids.prefix);
        for odd in ["", "a b", "a\"b", "a=b", "{}", &"x".repeat(65)] {
            assert!(id(odd).starts_with(&own), "{odd}");
        }
        assert_ne!(ids.id(&HeaderMap::new()), ids.id(&HeaderMap::new()));
    }
}
