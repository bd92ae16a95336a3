//! Signed requests, made before anything is timed.

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
pub(super) enum Kind {
    /// Each changes an ESME Variant.
    Correct,
    /// Each reads a home by its ESME.
    Read,
    /// By postcode.
    Matrix,
    /// Each brings a new ESME.
    PreNotify,
}

impl Kind {
    pub(super) const ALL: &'static [Self] = &[Self::Correct, Self::Read, Self::Matrix, Self::PreNotify];

    /// As the report names it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "SR 8.4",
            Self::Read => "SR 8.2",
            Self::Matrix => "SR 12.1",
            Self::PreNotify => "SR 12.2",
        }
    }
}

/// Why a request could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum MessageFault {
    #[error(transparent)]
    Value(#[from] Malformed),
    #[error(transparent)]
    Sign(#[from] SignFault),
}

/// Makes requests that have not been sent before: every RequestID is new.
pub(super) struct Maker<'a> {
    signer: &'a Signer,
    homes: u64,
    next: u64,
}

impl<'a> Maker<'a> {
    /// `first` is the counter of its first RequestID.
    pub(super) const fn new(signer: &'a Signer, homes: u64, first: u64) -> Self {
        Self { signer, homes, next: first }
    }

    /// That many signed requests of one kind.
    pub(super) fn make(&mut self, kind: Kind, count: usize) -> Result<Vec<Vec<u8>>, MessageFault> {
        (0..count).map(|_| self.signed(kind)).collect()
    }

    /// The next request of that kind, unsigned.
    pub(super) fn request(&mut self, kind: Kind) -> Result<Request, MessageFault> {
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

    fn signed(&mut self, kind: Kind) -> Result<Vec<u8>, MessageFault> {
        let request = self.request(kind)?;
        Ok(signature::sign(xml::compose(&request).as_bytes(), self.signer)?)
    }
}

fn body(kind: Kind, number: u64, homes: u64) -> Result<Body, Malformed> {
    // Neighbouring requests are about homes far apart, as those of different Suppliers are.
    let home = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % homes;
    Ok(match kind {
        Kind::Correct => {
            let variant = if (number / homes).is_multiple_of(2) { EsmeVariant::Ade } else { EsmeVariant::A };
            let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
            let change = InventoryChange::Details(changed);
            Body::UpdateInventory(UpdateInventory { device_id: population::meter(home), change })
        }
        Kind::Read => Body::ReadInventory(ReadInventory::DeviceId(population::meter(home))),
        Kind::Matrix => Body::RequestWanMatrix(PremisesKey::PartialAddress(PropertyFilter {
            post_code: population::post_code(home % 20_000).parse()?,
            address_identifier: "1".parse()?,
        })),
        Kind::PreNotify => Body::DevicePrenotification(DevicePrenotification {
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
