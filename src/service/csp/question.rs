//! The question message to a CSP: encoder, and decoder, for the stub.

use std::fmt::Write as _;

use super::{
    NAMESPACE,
    elements::{ElementReader, InvalidCspMessage},
};
use crate::{
    domain::{AddressIdentifier, CspRegion, PostCode, PremisesKey, PropertyFilter, Uprn, closed_set},
    duis::xml::{self, escape_text},
};

closed_set!(
    /// The interface of a CSP that a question is sent to.
    CspInterface, "an interface of a CSP", {
        // By postcode.
        S1 => "CSPM-S1",
        // By premises.
        S2 => "CSPM-S2",
    }
);

impl CspInterface {
    /// The path of its URL.
    pub const fn path(self) -> &'static str {
        match self {
            Self::S1 => "/cspm/s1",
            Self::S2 => "/cspm/s2",
        }
    }

    const fn question(self) -> &'static str {
        match self {
            Self::S1 => "PostcodeCoverageRequest",
            Self::S2 => "PremisesCoverageRequest",
        }
    }

    pub(super) const fn answer(self) -> &'static str {
        match self {
            Self::S1 => "PostcodeCoverageAnswer",
            Self::S2 => "PremisesCoverageAnswer",
        }
    }
}

/// The question of a CSP Region's coverage at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageQuestion {
    /// The region.
    pub region: CspRegion,
    /// The place; with an empty address, the whole postcode.
    pub place: PremisesKey,
}

impl CoverageQuestion {
    /// CSPM-S2 for premises, CSPM-S1 for a postcode alone (MP106-R10).
    pub fn interface(&self) -> CspInterface {
        match &self.place {
            PremisesKey::PartialAddress(address) if address.address_identifier.as_str().is_empty() => {
                CspInterface::S1
            }
            PremisesKey::PartialAddress(_) | PremisesKey::Uprn(_) => CspInterface::S2,
        }
    }

    /// The cache key: the same for all spellings of a place.
    pub(super) fn key(&self) -> String {
        match &self.place {
            PremisesKey::Uprn(uprn) => uprn.to_string(),
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
                format!("{},{address_identifier}", post_code.key())
            }
        }
    }

    /// Encodes the message.
    pub fn encode(&self) -> String {
        let root = self.interface().question();
        let mut text = format!("{DECLARATION}<{root} xmlns=\"{NAMESPACE}\">");
        self.write(&mut text);
        let _ = write!(text, "</{root}>");
        text
    }

    /// Encodes the part that an answer repeats.
    pub(super) fn write(&self, out: &mut String) {
        element(out, "cspRegion", self.region.as_str());
        match &self.place {
            PremisesKey::Uprn(uprn) => element(out, "uprn", &uprn.to_string()),
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
                element(out, "postcode", post_code.as_str());
                if self.interface() == CspInterface::S2 {
                    element(out, "addressIdentifier", address_identifier.as_str());
                }
            }
        }
    }

    /// Decodes the part that an answer repeats.
    pub(super) fn read(
        reader: &mut ElementReader<'_, '_>,
        interface: CspInterface,
    ) -> Result<Self, InvalidCspMessage> {
        let region = reader.value("cspRegion")?;
        if !CspRegion::WITH_COVERAGE.contains(&region) {
            return Err(reader.fault("its cspRegion has no coverage"));
        }
        let place = match interface {
            CspInterface::S1 => postcode_alone(reader.value("postcode")?)
                .ok_or_else(|| reader.fault("its postcode cannot stand alone"))?,
            CspInterface::S2 => match reader.optional_value("uprn", str::parse::<Uprn>)? {
                Some(uprn) => PremisesKey::Uprn(uprn),
                None => premises(reader)?,
            },
        };
        Ok(Self { region, place })
    }
}

fn postcode_alone(post_code: PostCode) -> Option<PremisesKey> {
    let address_identifier = "".parse().ok()?;
    Some(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
}

fn premises(reader: &mut ElementReader<'_, '_>) -> Result<PremisesKey, InvalidCspMessage> {
    let post_code = reader.value("postcode")?;
    let address_identifier = reader.value::<AddressIdentifier>("addressIdentifier")?;
    if address_identifier.as_str().is_empty() {
        return Err(reader.fault("its addressIdentifier is empty"));
    }
    Ok(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
}

/// Decodes a question, as a CSP does.
///
/// # Errors
/// When the message is not XML, or not of the schema.
pub fn read_question(message: &[u8]) -> Result<CoverageQuestion, InvalidCspMessage> {
    let document = xml::parse(message)?;
    let (mut reader, root) =
        ElementReader::root(&document, &[CspInterface::S1.question(), CspInterface::S2.question()])?;
    let interface = if root == CspInterface::S1.question() { CspInterface::S1 } else { CspInterface::S2 };
    let question = CoverageQuestion::read(&mut reader, interface)?;
    reader.end()?;
    Ok(question)
}

pub(super) const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

pub(super) fn element(out: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<{name}>{}</{name}>", escape_text(value));
}
