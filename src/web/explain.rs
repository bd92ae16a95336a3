//! Reasons on the wire: the headers `X-Smi-Rule` and `X-Smi-Reason`, and the reason phrases of refusals.
//!
//! Clients show the status line and hide the body, or show an E100 that says nothing. So the phrase of a refusal is one of a closed
//! list of sentences, and the headers carry the particular.

use std::sync::LazyLock;

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use super::health;
use crate::{
    domain::ServiceReferenceVariant,
    service::{App, MessageExcerpt, Reason},
};

const RULE: HeaderName = HeaderName::from_static("x-smi-rule");
const REASON: HeaderName = HeaderName::from_static("x-smi-reason");
/// The maximum length of a reason in characters.
const MAX_LENGTH: usize = 200;
/// What stands for a rule where none refused the message: the service could not answer it.
pub(super) const SERVICE: &str = "service";

/// The reason phrases of refusals that are no Service Request.
pub(super) mod phrase {
    /// 400, to a message.
    pub(in crate::web) const NOT_XML: &str = "Bad Request: the body is not well-formed XML without a DOCTYPE";
    /// 400, to a body.
    pub(in crate::web) const NOT_READ: &str = "Bad Request: the body cannot be read";
    /// 413.
    pub(in crate::web) const TOO_LONG: &str =
        "Content Too Large: the body is longer than server.max_body_bytes";
    /// 415, to a media type.
    pub(in crate::web) const MEDIA_TYPE: &str = "Unsupported Media Type: send application/xml or text/xml";
    /// 415, to an encoding.
    pub(in crate::web) const ENCODED: &str = "Unsupported Media Type: send the body without Content-Encoding";
    /// 503, in a maintenance window.
    pub(in crate::web) const MAINTENANCE: &str =
        "Service Unavailable: planned maintenance, send the same bytes again after Retry-After";
    /// 503.
    pub(in crate::web) const BUSY: &str = "Service Unavailable: nothing was done, send the same bytes again";
}

/// The phrases of HTTP 501, one a Service Request.
static NOT_IMPLEMENTED: LazyLock<Vec<(ServiceReferenceVariant, String)>> = LazyLock::new(|| {
    let phrase = |variant: ServiceReferenceVariant| {
        format!("Not Implemented: Service Request {variant} {} is not answered here", variant.name())
    };
    ServiceReferenceVariant::all().map(|variant| (variant, phrase(variant))).collect()
});

/// The phrase of HTTP 501 for a Service Request.
pub(super) fn not_implemented(variant: ServiceReferenceVariant) -> &'static str {
    let found = NOT_IMPLEMENTED.iter().find(|(known, _)| *known == variant);
    found.map_or("Not Implemented", |(_, phrase)| phrase)
}

/// Gives an answer its reason, for [`attach`].
pub(super) fn explained(
    mut response: HttpResponse,
    rule: &'static str,
    text: impl Into<String>,
) -> HttpResponse {
    response.extensions_mut().insert(Reason::of(rule, text));
    response
}

/// Gives a refusal of a Service Request its reason.
pub(super) fn because(mut response: HttpResponse, reason: Reason) -> HttpResponse {
    response.extensions_mut().insert(reason);
    response
}

/// Gives an answer a reason phrase.
pub(super) fn phrased(mut response: HttpResponse, phrase: &'static str) -> HttpResponse {
    response.head_mut().reason = Some(phrase);
    response
}

/// The rules whose refusals leave no record: the checks 1 to 4.
const UNRECORDED: [&str; 4] = ["SR/1", "SR/2", "SR/3", "SR/4"];

/// Middleware that keeps refusals before a decision, and writes the reason of each answer into its headers, where that is on.
pub(super) async fn attach(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_health = health::is_health_request(&request);
    let app = request.app_data::<web::Data<App>>().cloned();
    let peer = request.peer_addr();
    let mut response = next.call(request).await?;
    let Some(app) = app.filter(|_| !is_health) else { return Ok(response) };
    let reason = response.response().extensions().get::<Reason>().cloned();
    // What the framework refuses by itself.
    let unexplained = || Reason::of("SR/1", response.status().to_string());
    let reason = reason.unwrap_or_else(unexplained);
    if app.choices().explain_headers {
        for (name, text) in [(RULE, reason.rule), (REASON, reason.text.as_str())] {
            if let Ok(value) = HeaderValue::from_str(&header_text(text)) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    if UNRECORDED.contains(&reason.rule) {
        let excerpt = response.response_mut().extensions_mut().remove::<MessageExcerpt>();
        app.keep_refusal(response.status().as_u16(), reason, peer, excerpt);
    }
    Ok(response)
}

/// A text that a header may carry: ASCII without control characters, and cut.
fn header_text(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        let is_plain = character == ' ' || character.is_ascii_graphic();
        let piece = if is_plain { character.to_string() } else { character.escape_default().to_string() };
        if escaped.len() + piece.len() > MAX_LENGTH - 3 {
            escaped.push_str("...");
            break;
        }
        escaped.push_str(&piece);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_ascii_and_short_whatever_the_reason() {
        assert_eq!(header_text("a `b`: 1"), "a `b`: 1");
        assert_eq!(header_text("\u{e9}\r\nX: 1\u{0}\t"), "\\u{e9}\\r\\nX: 1\\u{0}\\t");
        for long in ["x".repeat(1_000), "\u{10FFFF}".repeat(1_000)] {
            let text = header_text(&long);
            assert!(text.len() <= MAX_LENGTH && text.ends_with("..."), "{text}");
        }
        assert!(HeaderValue::from_str(&header_text("\u{7f}\u{1b}[2J\r\n")).is_ok());
    }

    #[test]
    fn every_phrase_may_stand_in_a_status_line() {
        let mut phrases = ServiceReferenceVariant::all().map(not_implemented).collect::<Vec<_>>();
        assert!(phrases.len() > 50 && phrases.iter().all(|phrase| phrase.len() > 20));
        phrases.extend([phrase::NOT_XML, phrase::NOT_READ, phrase::TOO_LONG, phrase::MEDIA_TYPE]);
        phrases.extend([phrase::ENCODED, phrase::MAINTENANCE, phrase::BUSY]);
        for phrase in phrases {
            assert!(phrase.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{phrase}");
        }
    }
}
