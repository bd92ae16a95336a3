//! How the service is: for the console's first page.

use crate::{
    domain::Timestamp,
    metrics::OutboxCount,
    service::{App, Fault},
    store::{self, CoverageExtract, InstanceDecisions},
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

/// An instance on this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceState {
    /// Its name, the number of its decisions, and when it last decided.
    pub decisions: InstanceDecisions,
    /// Whether it is this one.
    pub is_this: bool,
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
    /// Every instance that decided.
    pub instances: Vec<InstanceState>,
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
        let (outbox, extracts, instances) = self.store().read::<_, Fault>(|connection| {
            let instances = store::last_decided(connection)?;
            Ok((store::count_outbox(connection)?, store::coverage_extracts(connection)?, instances))
        })?;
        let own = self.choices().instance.as_str();
        let state =
            |decisions: InstanceDecisions| InstanceState { is_this: decisions.name == own, decisions };
        Ok(ServiceHealth {
            is_ready: self.is_ready(),
            certificates: certificates.collect(),
            outbox,
            extracts,
            instances: instances.into_iter().map(state).collect(),
        })
    }
}
