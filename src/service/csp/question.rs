//! What a CSP is asked.

use std::fmt::Write as _;

use super::{
    NAMESPACE,
    elements::{Nonsense, Within},
};
use crate::{
    domain::{AddressIdentifier, CspRegion, PostCode, PremisesKey, PropertyFilter, Uprn, closed_set},
    duis::xml::{self, escape_text},
};

closed_set!(
    /// The interface that a question goes to.
    Interface, "an interface of a CSP", {
        // By postcode.
        S1 => "CSPM-S1",
        // By premises.
        S2 => "CSPM-S2",
    }
);

impl Interface {
    /// Its path behind the CSP's address.
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

/// One question: what a CSP Region says of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The region.
    pub region: CspRegion,
    /// The place; its address may be empty: then the whole postcode is asked about.
    pub place: PremisesKey,
}

impl Question {
    /// Premises are asked for by CSPM-S2, and a postcode alone by CSPM-S1 (MP106-R10).
    pub fn interface(&self) -> Interface {
        match &self.place {
            PremisesKey::PartialAddress(address) if address.address_identifier.as_str().is_empty() => {
                Interface::S1
            }
            PremisesKey::PartialAddress(_) | PremisesKey::Uprn(_) => Interface::S2,
        }
    }

    /// What all spellings of the same place have in common.
    pub(super) fn key(&self) -> String {
        match &self.place {
            PremisesKey::Uprn(uprn) => uprn.to_string(),
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
                format!("{},{address_identifier}", post_code.key())
            }
        }
    }

    /// As a message.
    pub fn encode(&self) -> String {
        let root = self.interface().question();
        let mut text = format!("{DECLARATION}<{root} xmlns=\"{NAMESPACE}\">");
        self.write(&mut text);
        let _ = write!(text, "</{root}>");
        text
    }

    /// The part that an answer repeats.
    pub(super) fn write(&self, out: &mut String) {
        element(out, "cspRegion", self.region.as_str());
        match &self.place {
            PremisesKey::Uprn(uprn) => element(out, "uprn", &uprn.to_string()),
            PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }) => {
                element(out, "postcode", post_code.as_str());
                if self.interface() == Interface::S2 {
                    element(out, "addressIdentifier", address_identifier.as_str());
                }
            }
        }
    }

    /// Reads the part that an answer repeats.
    pub(super) fn read(within: &mut Within<'_, '_>, interface: Interface) -> Result<Self, Nonsense> {
        let region = within.value("cspRegion")?;
        if !CspRegion::WITH_COVERAGE.contains(&region) {
            return Err(within.fault("its cspRegion has no coverage"));
        }
        let place = match interface {
            Interface::S1 => postcode_alone(within.value("postcode")?)
                .ok_or_else(|| within.fault("its postcode cannot stand alone"))?,
            Interface::S2 => match within.optional_value("uprn", str::parse::<Uprn>)? {
                Some(uprn) => PremisesKey::Uprn(uprn),
                None => premises(within)?,
            },
        };
        Ok(Self { region, place })
    }
}

fn postcode_alone(post_code: PostCode) -> Option<PremisesKey> {
    let address_identifier = "".parse().ok()?;
    Some(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
}

fn premises(within: &mut Within<'_, '_>) -> Result<PremisesKey, Nonsense> {
    let post_code = within.value("postcode")?;
    let address_identifier = within.value::<AddressIdentifier>("addressIdentifier")?;
    if address_identifier.as_str().is_empty() {
        return Err(within.fault("its addressIdentifier is empty"));
    }
    Ok(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
}

/// Reads a question, as a CSP does.
///
/// # Errors
/// With the place of what is wrong.
pub fn read_question(message: &[u8]) -> Result<Question, Nonsense> {
    let document = xml::parse(message)?;
    let (mut within, root) = Within::root(&document, &[Interface::S1.question(), Interface::S2.question()])?;
    let interface = if root == Interface::S1.question() { Interface::S1 } else { Interface::S2 };
    let question = Question::read(&mut within, interface)?;
    within.end()?;
    Ok(question)
}

pub(super) const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

pub(super) fn element(out: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<{name}>{}</{name}>", escape_text(value));
}
