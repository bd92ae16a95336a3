//! What a scenario needs beforehand, set up through the management interface of the endpoint.

use std::time::Duration;

use crate::{
    domain::{Eui64, Timestamp, instant_text},
    store::Kind,
    tls::ClientTls,
};

/// What can be done to an endpoint beside sending it requests.
pub trait Setup {
    /// Everything it holds goes.
    ///
    /// # Errors
    /// When it cannot be done.
    fn reset(&self) -> Result<(), SetupFault>;

    /// Its clock stands at that instant.
    ///
    /// # Errors
    /// When it cannot be done.
    fn set_clock(&self, to: Timestamp) -> Result<(), SetupFault>;

    /// It imports a CSV file.
    ///
    /// # Errors
    /// When it cannot be done; [`SetupFault::Refused`] where the file is not accepted.
    fn import(&self, kind: Kind, csv: &str) -> Result<(), SetupFault>;

    /// It is told what a Device reports.
    ///
    /// # Errors
    /// When it cannot be done.
    fn event(&self, device: Eui64, name: &str) -> Result<(), SetupFault>;
}

/// Why something could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupFault {
    /// The endpoint refuses it.
    #[error("{call}: HTTP {status}: {reason}")]
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// The body.
        reason: String,
    },
    /// The management interface cannot be reached.
    #[error("{call}: {reason}")]
    Unreachable {
        /// Method and address.
        call: String,
        /// Why.
        reason: String,
    },
}

/// The management interface of `smi serve`.
pub struct Management {
    agent: ureq::Agent,
    url: String,
    token: String,
}

impl Management {
    /// `url` is where it listens, without the path.
    pub fn new(url: &str, token: String) -> Self {
        Self::over_tls(url, &ClientTls::none(), token)
    }

    /// As [`Management::new`], for an https URL too.
    pub fn over_tls(url: &str, tls: &ClientTls, token: String) -> Self {
        // Redirects are not followed: the token is for this address alone.
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls.config())
            .timeout_global(Some(Duration::from_secs(60)));
        Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned(), token }
    }

    fn call(&self, method: Method, path: &str, media_type: &str, body: &str) -> Result<(), SetupFault> {
        let url = format!("{}{path}", self.url);
        let (request, verb) = match method {
            Method::Put => (self.agent.put(&url), "PUT"),
            Method::Post => (self.agent.post(&url), "POST"),
        };
        let unreachable = |reason: ureq::Error| SetupFault::Unreachable {
            call: format!("{verb} {url}"),
            reason: reason.to_string(),
        };
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let mut reply = request.content_type(media_type).send(body).map_err(unreachable)?;
        let status = reply.status();
        if status.is_success() {
            return Ok(());
        }
        let body = reply.body_mut().read_to_string().map_err(unreachable)?;
        let reason = reason_of(&body);
        Err(SetupFault::Refused { call: format!("{verb} {path}"), status: status.as_u16(), reason })
    }
}

enum Method {
    Put,
    Post,
}

/// The `error` of a JSON answer, or the whole answer.
fn reason_of(body: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(body).ok();
    let error = json.as_ref().and_then(|json| json.get("error")).and_then(|error| error.as_str());
    error.unwrap_or_else(|| body.trim_end()).to_owned()
}

impl Setup for Management {
    fn reset(&self) -> Result<(), SetupFault> {
        self.call(Method::Post, "/manage/reset", "application/json", "{}")
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), SetupFault> {
        let body = serde_json::json!({ "now": instant_text(to) }).to_string();
        self.call(Method::Put, "/manage/clock", "application/json", &body)
    }

    fn import(&self, kind: Kind, csv: &str) -> Result<(), SetupFault> {
        // A scenario has the coverage of all regions in one file.
        let regions = if kind == Kind::Coverage { "?all_regions=true" } else { "" };
        self.call(Method::Put, &format!("/manage/import/{kind}{regions}"), "text/csv", csv)
    }

    fn event(&self, device: Eui64, name: &str) -> Result<(), SetupFault> {
        let body = serde_json::json!({ "event": name }).to_string();
        self.call(Method::Post, &format!("/manage/devices/{device}/events"), "application/json", &body)
    }
}
