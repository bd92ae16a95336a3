//! A client of a DUIS service: signs a request, sends it, verifies the answer.

use std::time::Duration;

use crate::{
    clock::Clock,
    domain::{Eui64, Now, RequestId, Timestamp, WebService, instant_text},
    duis::{
        signature::{self, SignFault, SignatureFault, Signer, TrustStore},
        xml::{self, Document, NotWellFormed},
    },
    tls::ClientTls,
};

/// The default timeout of a whole exchange.
pub const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(60);

/// Why a request could not be sent, or its answer is refused.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    /// The message or the answer is not XML.
    #[error(transparent)]
    NotXml(#[from] NotWellFormed),
    /// The message has no RequestID to sign by.
    #[error("there is no readable RequestID in the Header")]
    NoRequestId,
    /// There is no key for that EUI-64.
    #[error("there is no certificate with a private key for {0}")]
    NoSigner(Eui64),
    /// There is a key for that EUI-64, and its certificate has ended.
    #[error("the certificate of {eui} held until {}, and `trust.check_validity` is on", instant_text(*.until))]
    Expired {
        /// The organisation.
        eui: Eui64,
        /// The last moment it held.
        until: Timestamp,
    },
    /// There is a key for that EUI-64, and its certificate has not begun.
    #[error("the certificate of {eui} holds from {} only, and `trust.check_validity` is on", instant_text(*.from))]
    NotYetValid {
        /// The organisation.
        eui: Eui64,
        /// The first moment it holds.
        from: Timestamp,
    },
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignFault),
    /// The answer's signature does not hold.
    #[error("the answer's signature does not hold: {0}")]
    Answer(#[from] SignatureFault),
    /// The answer is no `sr:Response`.
    #[error("the answer is no sr:Response: {0}")]
    NoResponse(String),
    /// The service refused to read the message.
    #[error("HTTP {status}: {reason}")]
    Http {
        /// The status.
        status: u16,
        /// The body.
        reason: String,
        /// The wait before a retry, if the service names one (Retry-After).
        retry_after: Option<Duration>,
    },
    /// The service cannot be reached.
    #[error("{url}: {reason}")]
    Unreachable {
        /// The URL.
        url: String,
        /// The reason.
        reason: String,
    },
}

impl ClientFault {
    /// Whether a certificate is the reason, that is known and is not valid now.
    pub const fn is_of_validity(&self) -> bool {
        matches!(
            self,
            Self::Expired { .. }
                | Self::NotYetValid { .. }
                | Self::Answer(SignatureFault::Expired(_) | SignatureFault::NotYetValid(_))
        )
    }
}

/// An answer whose signature was verified.
#[derive(Debug)]
pub struct VerifiedAnswer {
    /// The response code, as text: another service may have codes that are not ours.
    pub code: String,
    /// The RequestID it repeats, if any.
    pub request_id: Option<RequestId>,
    /// The whole answer, as received.
    pub text: String,
    /// The CSP Regions whose WAN Variant in it is one space (unknown).
    pub unknown_wan_variants: Vec<String>,
}

impl VerifiedAnswer {
    /// Whether the code reports a success, as information codes and warnings do.
    pub fn is_success(&self) -> bool {
        self.code.starts_with(['I', 'W'])
    }
}

/// A client that signs with the keys of a trust store.
#[derive(Debug)]
pub struct Client<'a> {
    agent: ureq::Agent,
    url: String,
    trust: &'a TrustStore,
    clock: Clock,
    dcc: Eui64,
}

impl<'a> Client<'a> {
    /// A client of the service at a plain HTTP URL, without the path.
    pub fn new(url: &str, trust: &'a TrustStore, clock: Clock, dcc: Eui64) -> Self {
        Self::over_tls(url, &ClientTls::none(), trust, clock, dcc)
    }

    /// A client of the service at an HTTP or HTTPS URL, without the path.
    pub fn over_tls(url: &str, tls: &ClientTls, trust: &'a TrustStore, clock: Clock, dcc: Eui64) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls.config());
        let (agent, url) = (config.build().into(), url.trim_end_matches('/').to_owned());
        Self { agent, url, trust, clock, dcc }
    }

    /// Signs a request as its originator, sends it, and verifies the answer.
    ///
    /// # Errors
    /// See [`ClientFault`]; a response code that reports a refusal is an answer, not a fault.
    pub fn send(&self, request: &[u8], to: WebService) -> Result<VerifiedAnswer, ClientFault> {
        self.post(&signed(request, self.trust, self.clock.now())?, to)
    }

    /// Sends a message as it is, and verifies the answer.
    ///
    /// # Errors
    /// See [`ClientFault`]; a response code that reports a refusal is an answer, not a fault.
    pub fn post(&self, message: &[u8], to: WebService) -> Result<VerifiedAnswer, ClientFault> {
        self.post_with_timeout(message, to, EXCHANGE_TIMEOUT)
    }

    /// Sends a message as it is, with another timeout, and verifies the answer.
    ///
    /// # Errors
    /// See [`ClientFault`]; a response code that reports a refusal is an answer, not a fault.
    pub fn post_with_timeout(
        &self,
        message: &[u8],
        to: WebService,
        timeout: Duration,
    ) -> Result<VerifiedAnswer, ClientFault> {
        let url = format!("{}/api/v1/{to}", self.url);
        let unreachable =
            |reason: ureq::Error| ClientFault::Unreachable { url: url.clone(), reason: reason.to_string() };
        let post = self.agent.post(&url).config().timeout_global(Some(timeout)).build();
        let reply = post.content_type("application/xml").send(message);
        let mut reply = reply.map_err(unreachable)?;
        let retry_after = reply.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| wait_of(value, self.clock.now()));
        let text = reply.body_mut().read_to_string().map_err(unreachable)?;
        match reply.status().as_u16() {
            200 => self.verified(text, self.clock.now()),
            status => {
                let reason = match (status, text.trim_end()) {
                    // A wrong address is the likeliest cause: it is shown.
                    (404, "") => format!("there is no {url}"),
                    (404, reason) => format!("{reason} ({url})"),
                    (_, reason) => reason.to_owned(),
                };
                Err(ClientFault::Http { status, reason, retry_after })
            }
        }
    }

    fn verified(&self, text: String, now: Now) -> Result<VerifiedAnswer, ClientFault> {
        let document = xml::parse(text.as_bytes())?;
        signature::verify_document(&document, self.dcc, self.trust, now.0)?;
        let answer =
            xml::read_answer(&document).map_err(|reason| ClientFault::NoResponse(reason.to_string()))?;
        let unknown_wan_variants = xml::unknown_wan_variants(&document);
        Ok(VerifiedAnswer { code: answer.code, request_id: answer.request_id, unknown_wan_variants, text })
    }
}

/// The wait that a Retry-After header asks for (RFC 9110, 10.2.3): a number of seconds, or a date.
fn wait_of(value: &str, now: Now) -> Option<Duration> {
    let until = || jiff::fmt::rfc2822::parse(value).ok().map(|date| date.timestamp());
    let seconds = value.parse::<u64>().ok().map(Duration::from_secs);
    seconds.or_else(|| Some(until()?.duration_since(now.0).try_into().unwrap_or(Duration::ZERO)))
}

/// Signs a message as the originator of its RequestID. Drops whitespace between elements, and an old signature.
///
/// # Errors
/// When the message cannot be read, or there is no key for its originator.
pub fn signed(message: &[u8], trust: &TrustStore, now: Now) -> Result<Vec<u8>, ClientFault> {
    let originator = request_id(&xml::parse(message)?)?.originator;
    Ok(signature::sign_compacted(message, signer(trust, originator, now)?)?)
}

/// What to sign with for that organisation now.
///
/// # Errors
/// When there is none: no key at all, or one whose certificate is not valid now.
pub fn signer(trust: &TrustStore, eui: Eui64, now: Now) -> Result<&Signer, ClientFault> {
    trust.signer_for(eui, now.0).ok_or_else(|| {
        let theirs = trust.signers().map(Signer::certificate).filter(|certificate| certificate.eui() == eui);
        match theirs.max_by_key(|certificate| certificate.not_after()) {
            None => ClientFault::NoSigner(eui),
            Some(last) if last.not_after() < now.0 => ClientFault::Expired { eui, until: last.not_after() },
            Some(last) => ClientFault::NotYetValid { eui, from: last.not_before() },
        }
    })
}

/// The EUI-64 that must have signed a message: the originator of a request, the DCC for anything else.
///
/// # Errors
/// When a request has no readable RequestID.
pub fn expected_signer(document: &Document<'_>, dcc: Eui64) -> Result<Eui64, ClientFault> {
    let is_request =
        document.element(document.root()).is_some_and(|root| root.is(xml::names::DUIS, "Request"));
    if is_request { request_id(document).map(|id| id.originator) } else { Ok(dcc) }
}

/// Replaces the originator in the RequestID of a message.
///
/// # Errors
/// When the message has no readable RequestID.
pub fn with_originator(message: &[u8], originator: Eui64) -> Result<Vec<u8>, ClientFault> {
    // Compacting drops comments, so the first occurrence of the text is the RequestID element's.
    let message = xml::compact(&xml::parse(message)?, None);
    let document = xml::parse(message.as_bytes())?;
    let text = xml::request_id_text(&document).ok_or(ClientFault::NoRequestId)?;
    let new = RequestId { originator, ..request_id(&document)? };
    Ok(message.replacen(&text, &new.to_string(), 1).into_bytes())
}

fn request_id(document: &Document<'_>) -> Result<RequestId, ClientFault> {
    let text = xml::request_id_text(document).ok_or(ClientFault::NoRequestId)?;
    text.parse().map_err(|_| ClientFault::NoRequestId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Now("2026-01-31T12:00:00Z".parse().unwrap());
        let waits =
            ["0", "120", "Sat, 31 Jan 2026 12:00:30 GMT", "Sat, 31 Jan 2026 11:00:00 GMT", "-1", "soon"];
        let seconds = waits.map(|value| wait_of(value, now).map(|wait| wait.as_secs()));
        assert_eq!(seconds, [Some(0), Some(120), Some(30), Some(0), None, None]);
    }
}
