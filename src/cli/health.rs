//! `smi health`: asks a running service whether it is ready.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;

use super::say::{say, tell};
use crate::settings::Settings;

/// The timeout. It is short, because health checks are repeated.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Success if the service says that it is ready. Asks the management listener, which is on loopback by default, and then
/// wants no client certificate.
pub(super) fn run(settings: &Settings, url: Option<String>) -> anyhow::Result<ExitCode> {
    let url = url.unwrap_or_else(|| format!("http://{}", settings.manage_listen));
    let url = format!("{}/health/ready", url.trim_end_matches('/'));
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT));
    let agent: ureq::Agent = config.proxy(None).build().into();
    let reply = agent.get(&url).call().with_context(|| url.clone())?;
    if reply.status().is_success() {
        say!("ready");
        return Ok(ExitCode::SUCCESS);
    }
    tell!("smi: {url}: HTTP {}", reply.status().as_u16());
    Ok(ExitCode::FAILURE)
}
