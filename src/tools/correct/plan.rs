//! The plan of a run: who signs, where to send, and how fast; and the requests made by it.

use std::time::Duration;

use super::{file::Correction, in_flight::SignedMessage};
use crate::{
    clock::Clock,
    domain::{
        Body, ChangedDetails, CommandVariant, Eui64, InventoryChange, Malformed, Request, RequestId,
        SchemaVersion, ServiceRequest, UpdateInventory,
    },
    duis::{
        signature::{self, SignFault, TrustStore},
        xml,
    },
    tls::ClientTls,
    tools::client::{ClientFault, signer},
};

/// What a run sends with.
#[derive(Debug)]
pub struct CorrectionPlan<'a> {
    /// The service's URL, without the path.
    pub url: &'a str,
    /// TLS configuration for https URLs.
    pub tls: &'a ClientTls,
    /// The signing keys, and the certificates that answers are verified by.
    pub trust: &'a TrustStore,
    /// The time that signatures are made and verified at.
    pub clock: Clock,
    /// The User that signs.
    pub originator: Eui64,
    /// The DCC, which answers.
    pub dcc: Eui64,
    /// How many connections send in parallel.
    pub connections: usize,
    /// Rate limit, in messages a second.
    pub rate: Option<f64>,
    /// Retry timeout of one message.
    pub patience: Duration,
}

/// Why a message cannot be composed or signed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeFault {
    #[error(transparent)]
    Client(#[from] ClientFault),
    #[error(transparent)]
    Value(#[from] Malformed),
    #[error(transparent)]
    Sign(#[from] SignFault),
}

impl CorrectionPlan<'_> {
    /// The SR 8.4 that corrects that Device.
    ///
    /// # Errors
    /// When the Service Request has no variant, which is a mistake in this program.
    pub fn request(&self, correction: Correction, counter: u64) -> Result<Request, Malformed> {
        let changed = ChangedDetails { esme_variant: Some(correction.variant), ..ChangedDetails::default() };
        let change = InventoryChange::Details(changed);
        Ok(Request {
            schema_version: SchemaVersion::newest(),
            id: self.id(counter),
            command_variant: CommandVariant::NON_DEVICE,
            variant: ServiceRequest::UpdateInventory.as_str().parse()?,
            body: Body::UpdateInventory(UpdateInventory { device_id: correction.device, change }),
        })
    }

    /// The RequestID with that counter.
    pub(super) const fn id(&self, counter: u64) -> RequestId {
        RequestId { originator: self.originator, target: self.dcc, counter }
    }

    /// The request of a correction, signed and ready to be sent.
    pub(super) fn message(
        &self,
        correction: Correction,
        counter: u64,
    ) -> Result<SignedMessage, ComposeFault> {
        let signer = signer(self.trust, self.originator, self.clock.now())?;
        let request = xml::compose(&self.request(correction, counter)?);
        let bytes = signature::sign(request.as_bytes(), signer)?;
        let Correction { device, variant, .. } = correction;
        Ok(SignedMessage { counter, device, variant, bytes })
    }
}
