//! The arguments of commands that change something by the management listener of a service, so that its clock and its writer judge.

use anyhow::Context as _;

use super::{https::HttpsArguments, open, parsed};
use crate::{
    domain::ActorName,
    settings::{Settings, login_name},
    tools::management::Management,
};

#[derive(Debug, clap::Args)]
pub(super) struct ManageArguments {
    /// The management listener of the service, instead of `manage.listen`.
    #[arg(long, value_name = "URL")]
    manage: Option<String>,
    /// Its token, instead of that of the settings.
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    https: HttpsArguments,
}

impl ManageArguments {
    /// A client of the listener.
    pub(super) fn client(&self, settings: &Settings) -> anyhow::Result<Management> {
        let scheme = if settings.manage_listen.ip().is_loopback() { "http" } else { "https" };
        let own = || format!("{scheme}://{}", settings.manage_listen);
        let url = self.manage.clone().unwrap_or_else(own);
        let tls = self.https.for_urls([&url])?;
        let token = match &self.token {
            Some(token) => token.clone(),
            None => open::manage_token(settings)?.reveal().to_owned(),
        };
        Ok(Management::over_tls(&url, &tls, token))
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct ByArguments {
    /// Who does it; the login name by default.
    #[arg(long, value_name = "NAME", value_parser = parsed::<ActorName>)]
    by: Option<ActorName>,
}

impl ByArguments {
    /// The name.
    pub(super) fn name(&self) -> anyhow::Result<ActorName> {
        let login = || login_name().and_then(|name| name.parse().ok());
        self.by.clone().or_else(login).context("say with --by who does it: there is no login name")
    }
}
