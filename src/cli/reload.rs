//! Reload at SIGHUP: certificates and keys are read again, and used if they are valid.

use crate::{
    duis::signature::{Expiry, TrustStore},
    metrics,
    service::App,
    settings::Settings,
    tls::ServerTls,
    web::ListenerTls,
};

use super::open;

/// Certificates that expire within so many days are logged as warnings.
const SOON: i64 = 30;

/// What a reload needs: the settings, the listeners' TLS, and the service that holds the trust store.
#[derive(Clone)]
pub(super) struct Reload {
    service: App,
    settings: Settings,
    tls: Vec<ServerTls>,
}

impl Reload {
    pub(super) fn new(service: &App, settings: &Settings, secure: [&Option<ListenerTls>; 2]) -> Self {
        let tls = secure.into_iter().flatten().map(|secure| secure.tls.clone()).collect();
        Self { service: service.clone(), settings: settings.clone(), tls }
    }

    /// Reloads all files. Where one is invalid, the old certificates stay in use, and the fault is logged.
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
        match self.settings.calendar.read_again() {
            Ok(calendar) => {
                self.service.replace_calendar(calendar);
                tracing::info!("calendar: holidays read again");
            }
            Err(fault) => tracing::error!(%fault, "calendar: the old holidays stay"),
        }
        self.log_expiries();
    }

    /// Reloads the trust store. One with new warnings is refused: a file that is half edited would lock Users out.
    fn trust(&self) -> anyhow::Result<()> {
        let new = open::existing_trust(&self.settings)?;
        if let Some(warning) = new_warning(&self.service.trust(), &new) {
            anyhow::bail!("{warning}");
        }
        self.service.replace_trust(new)?;
        Ok(())
    }

    /// Logs the expiry of each certificate of ours, and sets the metrics.
    pub(super) fn log_expiries(&self) {
        let now = self.service.clock().now();
        let shown = self.tls.iter().flat_map(ServerTls::expiries).map(|expiry| metrics::CertificateExpiry {
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

/// Reloads at each SIGHUP, until this thread's runtime ends.
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
                tracing::error!("reload panicked");
            }
        }
    });
    Ok(())
}

/// Other systems have no SIGHUP.
#[cfg(not(unix))]
pub(super) fn at_hangup(_: Reload) -> std::io::Result<()> {
    Ok(())
}
