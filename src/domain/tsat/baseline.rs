//! What the tables are asked about: a specification, its version and the GBCS version, as far as they are known.

use std::fmt;

use super::{Specification, VersionNumber};
use crate::domain::{Device, FreeText, SmetsChtsVersion};

/// What a Device or a hub of stock is, for the tables. What is not recorded, or cannot be read, is absent: no row is found then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Baseline {
    /// The specification; none where no table is about the Device.
    pub specification: Option<Specification>,
    /// Its version.
    pub version: Option<VersionNumber>,
    /// The GBCS version.
    pub gbcs: Option<VersionNumber>,
}

impl Baseline {
    /// The baseline of a Device (HUBS.md TSAT/d).
    pub fn of(device: &Device) -> Self {
        let version = device.details.smets_chts_version.as_ref().map(SmetsChtsVersion::as_str);
        let gbcs = device.gbcs_version.as_ref().map(FreeText::as_str);
        Self::read(Specification::of_device(device), version, gbcs)
    }

    /// The baseline that these texts say (HUBS.md TSAT/b).
    pub fn read(specification: Option<Specification>, version: Option<&str>, gbcs: Option<&str>) -> Self {
        let number = |text: Option<&str>| text.and_then(VersionNumber::at_end_of);
        Self { specification, version: number(version), gbcs: number(gbcs) }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: &Option<VersionNumber>| match number {
            Some(number) => number.to_string(),
            None => "not known".to_owned(),
        };
        let Self { specification, version, gbcs } = self;
        let specification = specification.map_or("no specification", Specification::as_str);
        write!(f, "{specification} {} / GBCS {}", number(version), number(gbcs))
    }
}
