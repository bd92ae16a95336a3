//! Signed requests, generated before anything is timed.

use super::population::{self, SUPPLIER};
use crate::{
    domain::{
        Body, ChangedDetails, CommandVariant, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant,
        InventoryChange, Malformed, PremisesKey, PropertyFilter, ReadInventory, Request, RequestId,
        SchemaVersion, UpdateInventory,
    },
    duis::{
        signature::{self, SignFault, Signer, pki},
        xml,
    },
};

/// The Service Requests that are measured.
#[derive(Clone, Copy, Debug)]
pub(super) enum BenchRequest {
    /// SR 8.4: changes an ESME Variant.
    Correct,
    /// SR 8.2: reads a home by its ESME.
    Read,
    /// SR 12.1: the WAN Matrix of an address.
    Matrix,
    /// SR 12.2: pre-notifies a new ESME.
    PreNotify,
}

impl BenchRequest {
    pub(super) const ALL: &'static [Self] = &[Self::Correct, Self::Read, Self::Matrix, Self::PreNotify];

    /// The name in the report.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "SR 8.4",
            Self::Read => "SR 8.2",
            Self::Matrix => "SR 12.1",
            Self::PreNotify => "SR 12.2",
        }
    }
}

/// Why a request cannot be composed or signed.
#[derive(Debug, thiserror::Error)]
pub(super) enum MessageFault {
    #[error(transparent)]
    Value(#[from] Malformed),
    #[error(transparent)]
    Sign(#[from] SignFault),
}

/// A generator of requests, each with a new RequestID.
pub(super) struct RequestMaker<'a> {
    signer: &'a Signer,
    homes: u64,
    next: u64,
}

impl<'a> RequestMaker<'a> {
    /// A generator that counts RequestIDs from `first` on.
    pub(super) const fn new(signer: &'a Signer, homes: u64, first: u64) -> Self {
        Self { signer, homes, next: first }
    }

    /// Generates signed requests of one kind.
    pub(super) fn make(&mut self, kind: BenchRequest, count: usize) -> Result<Vec<Vec<u8>>, MessageFault> {
        (0..count).map(|_| self.signed(kind)).collect()
    }

    /// Generates one request of that kind, unsigned.
    pub(super) fn request(&mut self, kind: BenchRequest) -> Result<Request, MessageFault> {
        let number = self.next;
        self.next += 1;
        let body = body(kind, number, self.homes)?;
        Ok(Request {
            schema_version: SchemaVersion::newest(),
            id: RequestId { originator: SUPPLIER, target: pki::DCC, counter: number },
            command_variant: CommandVariant::NON_DEVICE,
            variant: body.service().as_str().parse()?,
            body,
        })
    }

    fn signed(&mut self, kind: BenchRequest) -> Result<Vec<u8>, MessageFault> {
        let request = self.request(kind)?;
        Ok(signature::sign(xml::compose(&request).as_bytes(), self.signer)?)
    }
}

fn body(kind: BenchRequest, number: u64, homes: u64) -> Result<Body, Malformed> {
    // A multiplicative hash, so that consecutive requests are about homes far apart, as those of many Suppliers are.
    let home = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % homes;
    Ok(match kind {
        BenchRequest::Correct => {
            let variant = if (number / homes).is_multiple_of(2) { EsmeVariant::Ade } else { EsmeVariant::A };
            let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
            let change = InventoryChange::Details(changed);
            Body::UpdateInventory(UpdateInventory { device_id: population::meter(home), change })
        }
        BenchRequest::Read => Body::ReadInventory(ReadInventory::DeviceId(population::meter(home))),
        BenchRequest::Matrix => Body::RequestWanMatrix(PremisesKey::PartialAddress(PropertyFilter {
            post_code: population::post_code(home % 20_000).parse()?,
            address_identifier: "1".parse()?,
        })),
        BenchRequest::PreNotify => Body::DevicePrenotification(DevicePrenotification {
            device_id: population::stranger(number),
            device_type: DeviceType::Esme,
            details: DeviceDetails {
                manufacturer: "BENCH".parse()?,
                model: "B-E1".parse()?,
                smets_chts_version: Some("SMETS2 V5.1".parse()?),
                firmware_version: Some("01020304".parse()?),
                esme_variant: Some(EsmeVariant::A),
            },
            associated_gpf: None,
        }),
    })
}
