//! How the service is: for the console's first page.

use crate::{
    domain::Timestamp,
    metrics::OutboxCount,
    service::{App, Fault},
    store::{self, CoverageExtract},
};

/// A certificate that the service signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCertificate {
    /// Its name: its use and its owner.
    pub name: String,
    /// The end of its validity.
    pub not_after: Timestamp,
    /// Whole days until then; negative once it has ended.
    pub days_left: i64,
}

/// How the service is.
#[derive(Clone, Debug)]
pub struct ServiceHealth {
    /// Whether it can decide: it has a key to sign with, can read and write the store, and its jobs are up.
    pub is_ready: bool,
    /// The certificates it signs with.
    pub certificates: Vec<OwnCertificate>,
    /// The numbers of the outbox.
    pub outbox: OutboxCount,
    /// The coverage extract of each CSP Region that has one.
    pub extracts: Vec<CoverageExtract>,
}

impl App {
    /// How the service is.
    ///
    /// # Errors
    /// When the store fails.
    pub fn health(&self) -> Result<ServiceHealth, Fault> {
        let now = self.clock().now();
        let expiries = self.trust().expiries_of(self.choices().dcc);
        let certificates = expiries.into_iter().map(|expiry| OwnCertificate {
            days_left: expiry.days_left(now),
            not_after: expiry.not_after,
            name: expiry.certificate,
        });
        let (outbox, extracts) = self.store().read::<_, Fault>(|connection| {
            Ok((store::count_outbox(connection)?, store::coverage_extracts(connection)?))
        })?;
        Ok(ServiceHealth {
            is_ready: self.is_ready(),
            certificates: certificates.collect(),
            outbox,
            extracts,
        })
    }
}
