//! The endpoint's listener for CSPs, as a CSP sees it.

use std::time::Duration;

use super::HubsStep;
use crate::{
    duis::xml::{self, Element, names},
    tls::ClientTls,
};

/// The longest that a batch may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The most of an answer that is read.
const MOST_BYTES: u64 = 16 << 20;

/// A CSP, connected to the endpoint.
pub struct CspGateway {
    agent: ureq::Agent,
    url: String,
}

impl CspGateway {
    /// The listener at an HTTPS URL, without the path, reached with a CSP's certificate.
    pub fn new(url: &str, tls: &ClientTls) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls.config())
            .timeout_global(Some(TIMEOUT));
        Self { agent: config.build().into(), url: format!("{}/csp/n3", url.trim_end_matches('/')) }
    }

    /// Sends a batch; status and text of the answer, or why there is none.
    pub(super) fn post(&self, message: &str) -> Result<(u16, String), String> {
        let unreachable = |reason: ureq::Error| format!("POST {}: {reason}", self.url);
        let sent = self.agent.post(&self.url).content_type("application/xml").send(message);
        let mut reply = sent.map_err(unreachable)?;
        let text = reply.body_mut().with_config().limit(MOST_BYTES).read_to_string().map_err(unreachable)?;
        Ok((reply.status().as_u16(), text))
    }
}

/// The message of a step.
pub(super) fn message(step: &HubsStep) -> String {
    let HubsStep { batch, hubs, .. } = step;
    let namespace = names::N3;
    format!("<HubNotifications xmlns=\"{namespace}\" batchId=\"{batch}\">\n{hubs}\n</HubNotifications>\n")
}

/// The outcome of each hub of an answer, refused ones with their rule: `updated, refused N3/h`.
pub(super) fn outcomes(answer: &str) -> Result<String, String> {
    let unreadable = |reason: &dyn std::fmt::Display| format!("the answer cannot be read: {reason}");
    let document = xml::parse(answer.as_bytes()).map_err(|reason| unreadable(&reason))?;
    let root = document.element(document.root()).filter(|root| root.is(names::N3, "HubNotificationsAnswer"));
    root.ok_or_else(|| unreadable(&"it is no HubNotificationsAnswer"))?;
    let hubs = document.child_elements(document.root()).map(|(_, hub)| {
        [value(hub, "outcome"), value(hub, "rule")].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    Ok(hubs.collect::<Vec<_>>().join(", "))
}

fn value<'a>(element: &'a Element<'_>, name: &str) -> Option<&'a str> {
    let found = element.attributes.iter().find(|attribute| attribute.local == name);
    found.map(|attribute| attribute.value.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_in_the_order_of_the_hubs() {
        let answer = format!(
            "<HubNotificationsAnswer xmlns=\"{}\"><Hub outcome=\"new\"/>\n<Hub outcome=\"refused\" rule=\"N3/b\"/>\
             </HubNotificationsAnswer>",
            names::N3
        );
        assert_eq!(outcomes(&answer).unwrap(), "new, refused N3/b");
        for other in ["<Hub/>", "", "HTTP"] {
            assert!(outcomes(other).unwrap_err().starts_with("the answer cannot be read: "), "{other}");
        }
    }
}
