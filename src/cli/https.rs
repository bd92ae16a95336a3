//! The arguments of commands that connect to a service over https.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::tls::{ClientFiles, ClientTls};

#[derive(Debug, clap::Args)]
pub(super) struct HttpsArguments {
    /// Who may vouch for the service's certificate, for an https URL: PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// A certificate to show a service that asks for one: PEM.
    #[arg(long, value_name = "FILE", requires_all = ["ca", "client_key"])]
    client_cert: Option<PathBuf>,
    /// Its private key: PEM.
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

impl HttpsArguments {
    /// The TLS configuration for that URL of somebody with this certificate and private key.
    pub(super) fn for_client(&self, url: &str, identity: (PathBuf, PathBuf)) -> anyhow::Result<ClientTls> {
        let tls = ClientTls::load(&ClientFiles { ca: self.ca.clone(), identity: Some(identity) })?;
        tls.can_reach(url, "--ca FILE").with_context(|| url.to_owned())?;
        Ok(tls)
    }

    /// The TLS configuration for those URLs.
    pub(super) fn for_urls<'a>(
        &self,
        urls: impl IntoIterator<Item = &'a String>,
    ) -> anyhow::Result<ClientTls> {
        let identity = self.client_cert.clone().zip(self.client_key.clone());
        let tls = ClientTls::load(&ClientFiles { ca: self.ca.clone(), identity })?;
        for url in urls {
            tls.can_reach(url, "--ca FILE").with_context(|| url.clone())?;
        }
        Ok(tls)
    }
}
