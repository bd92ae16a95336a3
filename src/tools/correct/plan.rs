//! The plan of a run: where it sends, how fast, and the message for each correction.

use std::time::Duration;

use super::{file::Correction, in_flight::Message};
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
    tools::client::ClientFault,
};

/// How a run sends.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Where to, without the path.
    pub url: &'a str,
    /// What https is spoken with.
    pub tls: &'a ClientTls,
    /// The keys, and who is believed.
    pub trust: &'a TrustStore,
    /// The time that signatures are made and verified at.
    pub clock: Clock,
    /// The User that signs.
    pub originator: Eui64,
    /// Who is asked.
    pub dcc: Eui64,
    /// How many connections.
    pub connections: usize,
    /// As many messages a second, at most.
    pub rate: Option<f64>,
    /// How long a message may go without an answer.
    pub patience: Duration,
}

/// Why no message can be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmade {
    #[error(transparent)]
    Client(#[from] ClientFault),
    #[error(transparent)]
    Value(#[from] Malformed),
    #[error(transparent)]
    Sign(#[from] SignFault),
}

impl Plan<'_> {
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

    pub(super) const fn id(&self, counter: u64) -> RequestId {
        RequestId { originator: self.originator, target: self.dcc, counter }
    }

    /// That request, signed.
    pub(super) fn message(&self, correction: Correction, counter: u64) -> Result<Message, Unmade> {
        let at = self.clock.now().0;
        let signer = self.trust.signer_for(self.originator, at);
        let signer = signer.ok_or(ClientFault::NoSigner(self.originator))?;
        let request = xml::compose(&self.request(correction, counter)?);
        let bytes = signature::sign(request.as_bytes(), signer)?;
        let Correction { device, variant, .. } = correction;
        Ok(Message { counter, device, variant, bytes })
    }
}
