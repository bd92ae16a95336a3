//! The setup of a scenario's data, through the management interface of an endpoint.

use std::time::Duration;

use crate::{
    domain::{Eui64, Timestamp, instant_text},
    store::Kind,
    tls::ClientTls,
};

/// The actions of a management interface.
pub trait Setup {
    /// Deletes all data of the endpoint.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn reset(&self) -> Result<(), SetupFault>;

    /// Sets the endpoint's clock.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn set_clock(&self, to: Timestamp) -> Result<(), SetupFault>;

    /// Imports a CSV file.
    ///
    /// # Errors
    /// [`SetupFault::Refused`] when the endpoint refuses the file; otherwise it cannot be reached.
    fn import(&self, kind: Kind, csv: &str) -> Result<(), SetupFault>;

    /// Reports an event of a Device.
    ///
    /// # Errors
    /// When the endpoint refuses, or cannot be reached.
    fn event(&self, device: Eui64, name: &str, version: Option<&str>) -> Result<(), SetupFault>;
}

/// Why a setup failed.
#[derive(Debug, thiserror::Error)]
pub enum SetupFault {
    /// The endpoint refused.
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
        /// The reason.
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
    /// The management interface at a plain HTTP URL, without the path.
    pub fn new(url: &str, token: String) -> Self {
        Self::over_tls(url, &ClientTls::none(), token)
    }

    /// The management interface at an HTTP or HTTPS URL, without the path.
    pub fn over_tls(url: &str, tls: &ClientTls, token: String) -> Self {
        // No redirects: the token must not go to another address.
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls.config())
            .timeout_global(Some(Duration::from_secs(60)));
        Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned(), token }
    }

    fn call(&self, method: ManageMethod, path: &str, media_type: &str, body: &str) -> Result<(), SetupFault> {
        let url = format!("{}{path}", self.url);
        let (request, verb) = match method {
            ManageMethod::Put => (self.agent.put(&url), "PUT"),
            ManageMethod::Post => (self.agent.post(&url), "POST"),
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

enum ManageMethod {
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
        self.call(ManageMethod::Post, "/manage/reset", "application/json", "{}")
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), SetupFault> {
        let body = serde_json::json!({ "now": instant_text(to) }).to_string();
        self.call(ManageMethod::Put, "/manage/clock", "application/json", &body)
    }

    fn import(&self, kind: Kind, csv: &str) -> Result<(), SetupFault> {
        // A scenario has the coverage of all regions in one file.
        let regions = if kind == Kind::Coverage { "?all_regions=true" } else { "" };
        self.call(ManageMethod::Put, &format!("/manage/import/{kind}{regions}"), "text/csv", csv)
    }

    fn event(&self, device: Eui64, name: &str, version: Option<&str>) -> Result<(), SetupFault> {
        let body = match version {
            None => serde_json::json!({ "event": name }),
            Some(version) => serde_json::json!({ "event": name, "version": version }),
        };
        let body = body.to_string();
        self.call(ManageMethod::Post, &format!("/manage/devices/{device}/events"), "application/json", &body)
    }
}
