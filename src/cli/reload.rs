//! What SIGHUP does: certificates are read again, and used from then on where they are good.

use crate::{
    duis::signature::{Expiry, TrustStore},
    metrics,
    service::App,
    settings::Settings,
    tls::ServerTls,
    web::Secure,
};

use super::open;

/// Below so many days left, a certificate is warned about.
const SOON: i64 = 30;

/// The files of TLS and of trust, and who uses what they hold.
#[derive(Clone)]
pub(super) struct Reload {
    service: App,
    settings: Settings,
    tls: Vec<ServerTls>,
}

impl Reload {
    pub(super) fn new(service: &App, settings: &Settings, secure: [&Option<Secure>; 2]) -> Self {
        let tls = secure.into_iter().flatten().map(|secure| secure.tls.clone()).collect();
        Self { service: service.clone(), settings: settings.clone(), tls }
    }

    /// Reads everything again. What is not good leaves the old in use, and the log says why.
    pub(super) fn run(&self) {
        for tls in &self.tls {
            let setting = tls.setting();
            match tls.reload() {
                Ok(()) => tracing::info!("{setting}: certificates read again"),
                Err(fault) => tracing::error!(%fault, "{setting}: the old certificates stay"),
            }
        }
        match self.trust() {
            Ok(()) => tracing::info!("trust: certificates and keys read again"),
            Err(fault) => {
                tracing::error!(fault = format!("{fault:#}"), "trust: the old certificates and keys stay");
            }
        }
        self.log_expiries();
    }

    /// A store with less in it than its files seem to say is not taken: half an edit would shut Users out.
    fn trust(&self) -> anyhow::Result<()> {
        let new = open::existing_trust(&self.settings)?;
        if let Some(warning) = new_warning(&self.service.trust(), &new) {
            anyhow::bail!("{warning}");
        }
        self.service.replace_trust(new)?;
        Ok(())
    }

    /// Says when each certificate of ours ends.
    pub(super) fn log_expiries(&self) {
        let now = self.service.clock().now();
        let shown = self.tls.iter().flat_map(ServerTls::expiries).map(|expiry| metrics::Expiry {
            kind: "listener",
            name: expiry.certificate.clone(),
            not_after: expiry.not_after,
        });
        self.service.metrics().set_listener_certificates(shown.collect());
        let ours = self.service.trust().expiries_of(self.settings.trust.dcc_id);
        for expiry in self.tls.iter().flat_map(ServerTls::expiries).chain(ours) {
            let (days_left, Expiry { certificate, not_after }) = (expiry.days_left(now), &expiry);
            match days_left {
                SOON.. => tracing::info!(certificate, %not_after, days_left, "certificate in use"),
                0..SOON => tracing::warn!(certificate, %not_after, days_left, "certificate ends soon"),
                ..0 => tracing::warn!(certificate, %not_after, days_left, "certificate has ended"),
            }
        }
    }
}

fn new_warning<'a>(old: &TrustStore, new: &'a TrustStore) -> Option<&'a String> {
    new.warnings().iter().find(|warning| !old.warnings().contains(warning))
}

/// Reloads at each SIGHUP, until the system of this thread ends.
#[cfg(unix)]
pub(super) fn at_hangup(reload: Reload) -> std::io::Result<()> {
    use actix_web::{
        rt::signal::unix::{SignalKind, signal},
        web,
    };
    let mut hangup = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(async move {
        while hangup.recv().await.is_some() {
            let reload = reload.clone();
            if web::block(move || reload.run()).await.is_err() {
                tracing::error!("the certificates could not be read again");
            }
        }
    });
    Ok(())
}

/// Elsewhere there is no such signal.
#[cfg(not(unix))]
pub(super) fn at_hangup(_: Reload) -> std::io::Result<()> {
    Ok(())
}
