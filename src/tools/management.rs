//! A client of the management listener of `smi serve`, this one or another.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{domain::closed_set, tls::ClientTls};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ManagementFault {
    /// The listener refused.
    #[error("{call}: HTTP {status}: {reason}")]
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// The body.
        reason: String,
    },
    /// The listener cannot be reached.
    #[error("{call}: {reason}")]
    Unreachable {
        /// Method and address.
        call: String,
        /// The reason.
        reason: String,
    },
    /// The answer is not what this version expects.
    #[error("{call}: the answer cannot be read: {reason}")]
    Unreadable {
        /// Method and path.
        call: String,
        /// The reason.
        reason: serde_json::Error,
    },
}

/// A management listener.
pub struct Management {
    agent: ureq::Agent,
    url: String,
    token: String,
}

closed_set!(
    /// The method of a call that changes something.
    ManageMethod, "a method", {
        Put => "PUT",
        Post => "POST",
    }
);

impl Management {
    /// The listener at a plain HTTP URL, without the path.
    pub fn new(url: &str, token: String) -> Self {
        Self::over_tls(url, &ClientTls::none(), token)
    }

    /// The listener at an HTTP or HTTPS URL, without the path.
    pub fn over_tls(url: &str, tls: &ClientTls, token: String) -> Self {
        // No redirects: the token must not go to another address.
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls.config())
            .timeout_global(Some(Duration::from_secs(60)));
        Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned(), token }
    }

    /// Sends a body, and returns the answer's.
    ///
    /// # Errors
    /// When the listener refuses, or cannot be reached.
    pub fn send(
        &self,
        method: ManageMethod,
        path: &str,
        media_type: &str,
        body: &str,
    ) -> Result<String, ManagementFault> {
        successful(method.as_str(), path, self.call(method, path, media_type, body)?)
    }

    /// Sends a body, and returns the answer's status and body, whatever the status.
    ///
    /// # Errors
    /// When the listener cannot be reached.
    pub fn call(
        &self,
        method: ManageMethod,
        path: &str,
        media_type: &str,
        body: &str,
    ) -> Result<(u16, String), ManagementFault> {
        let url = format!("{}{path}", self.url);
        let request = match method {
            ManageMethod::Put => self.agent.put(&url),
            ManageMethod::Post => self.agent.post(&url),
        };
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let sent = request.content_type(media_type).send(body);
        self.answer(method.as_str(), path, sent)
    }

    /// Sends a JSON body, and reads the JSON of the answer.
    ///
    /// # Errors
    /// When the listener refuses, cannot be reached, or answers otherwise than expected.
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ManagementFault> {
        let call = format!("POST {path}");
        let body = serde_json::to_string(body)
            .map_err(|reason| ManagementFault::Unreadable { call: call.clone(), reason })?;
        let answer = self.send(ManageMethod::Post, path, "application/json", &body)?;
        serde_json::from_str(&answer).map_err(|reason| ManagementFault::Unreadable { call, reason })
    }

    /// Reads the JSON at a path.
    ///
    /// # Errors
    /// When the listener refuses, cannot be reached, or answers otherwise than expected.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ManagementFault> {
        let answer = self.get_text(path)?;
        let unreadable = |reason| ManagementFault::Unreadable { call: format!("GET {path}"), reason };
        serde_json::from_str(&answer).map_err(unreadable)
    }

    /// Reads what is at a path.
    ///
    /// # Errors
    /// When the listener refuses, or cannot be reached.
    pub fn get_text(&self, path: &str) -> Result<String, ManagementFault> {
        let request = self.agent.get(format!("{}{path}", self.url));
        let sent = request.header("Authorization", format!("Bearer {}", self.token)).call();
        successful("GET", path, self.answer("GET", path, sent)?)
    }

    fn answer(
        &self,
        verb: &str,
        path: &str,
        sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<(u16, String), ManagementFault> {
        let unreachable = |reason: ureq::Error| ManagementFault::Unreachable {
            call: format!("{verb} {}{path}", self.url),
            reason: reason.to_string(),
        };
        let mut reply = sent.map_err(unreachable)?;
        let body = reply.body_mut().read_to_string().map_err(unreachable)?;
        Ok((reply.status().as_u16(), body))
    }
}

/// The body of an answer that is a success.
fn successful(verb: &str, path: &str, (status, body): (u16, String)) -> Result<String, ManagementFault> {
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let (call, reason) = (format!("{verb} {path}"), reason_of(&body));
    Err(ManagementFault::Refused { call, status, reason })
}

/// The `error` of a JSON answer, or the whole answer.
fn reason_of(body: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(body).ok();
    let error = json.as_ref().and_then(|json| json.get("error")).and_then(|error| error.as_str());
    error.unwrap_or_else(|| body.trim_end()).to_owned()
}
