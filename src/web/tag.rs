//! One id for each HTTP request, on every line that is logged for it and in its answer.

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

use crate::{clock::Stopwatch, metrics::ListenerName, service::App};

/// Carries the id both ways.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// As many characters as a client's own id may have.
const LONGEST: usize = 64;

/// Makes ids, and knows whose requests they are for.
#[derive(Debug)]
pub(super) struct Tags {
    listener: ListenerName,
    prefix: u32,
    made: AtomicU64,
}

impl Tags {
    pub(super) fn new(listener: ListenerName) -> Self {
        // Differs from one start to the next, so that two ids in one log are never the same.
        let random = RandomState::new().build_hasher().finish();
        Self { listener, prefix: (random >> 32) as u32, made: AtomicU64::new(0) }
    }

    /// The client's own id where it is one that can stand in a log, else a new one.
    fn id(&self, headers: &HeaderMap) -> String {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        given.filter(|given| is_well_formed(given)).map_or_else(|| self.new_id(), str::to_owned)
    }

    fn new_id(&self) -> String {
        format!("{:08x}-{}", self.prefix, self.made.fetch_add(1, Ordering::Relaxed))
    }
}

fn is_well_formed(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(is_plain)
}

/// Puts the id around everything that is done for a request, and counts what was refused by a status alone.
pub(super) async fn tag(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let parts =
        request.app_data::<web::Data<Tags>>().cloned().zip(request.app_data::<web::Data<App>>().cloned());
    let Some((tags, service)) = parts else { return next.call(request).await };
    let id = tags.id(request.headers());
    let (method, stopwatch) = (request.method().clone(), Stopwatch::start());
    // Of the highest level, so that the id stands on every line that is logged at all.
    let span = tracing::error_span!("http", id);
    let mut response = next.call(request).instrument(span.clone()).await?;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    // The pattern, not the path: a path may hold anything.
    let route = response.request().match_pattern().unwrap_or_default();
    let (status, ms) = (response.status(), stopwatch.milliseconds());
    if !status.is_success() && !route.starts_with("/health/") {
        service.metrics().refused(tags.listener, status.as_u16());
    }
    let status = status.as_u16();
    // The pipeline says what came of a message, and whoever only looks, health and metrics above all, looks often.
    let is_change = tags.listener == ListenerName::Manage && method != Method::GET;
    span.in_scope(|| {
        if is_change {
            tracing::info!(%method, route, status, ms, "management request answered");
        } else {
            tracing::debug!(%method, route, status, ms, "answered");
        }
    });
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_formed_id_is_kept_and_any_other_replaced() {
        let tags = Tags::new(ListenerName::Duis);
        let id = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_str(given).unwrap());
            tags.id(&headers)
        };
        let longest = "x".repeat(64);
        for good in ["a", "0f-8_.Z", &longest] {
            assert_eq!(id(good), good);
        }
        let own = format!("{:08x}-", tags.prefix);
        for odd in ["", "a b", "a\"b", "a=b", "{}", &"x".repeat(65)] {
            assert!(id(odd).starts_with(&own), "{odd}");
        }
        assert_ne!(tags.id(&HeaderMap::new()), tags.id(&HeaderMap::new()));
    }
}
