//! WAN coverage as the CSPs' extracts state it. A single space is data here (MP106-R8).

use super::{
    AdditionalInformation, AddressIdentifier, AuxiliaryEquipment, Date, Malformed, PostCode, Uprn,
    set::closed_set,
};

closed_set!(
    /// A CSP Region (schema: CSPRegion).
    CspRegion, "a CSPRegion", {
        North => "North",
        Central => "Central",
        South => "South",
        North4G => "4G North",
        Central4G => "4G Central",
        South4G => "4G South",
        Unknown => "Unknown",
        Smets1 => "SMETS1",
    }
);

impl CspRegion {
    /// The regions that have a coverage extract, in the order an answer lists them.
    pub const WITH_COVERAGE: &'static [Self] =
        &[Self::North, Self::Central, Self::South, Self::North4G, Self::Central4G, Self::South4G];

    /// The name that schemas before 5.3 know it by.
    pub const fn plain(self) -> Self {
        match self {
            Self::North | Self::North4G => Self::North,
            Self::Central | Self::Central4G => Self::Central,
            Self::South | Self::South4G => Self::South,
            Self::Unknown => Self::Unknown,
            Self::Smets1 => Self::Smets1,
        }
    }
}

closed_set!(
    /// A WAN technology (WAN Variant) as a coverage extract writes it (MP106-T1, T2, R9).
    WanTechnology, "a WAN technology", {
        Standard420 => "Standard 420",
        Variant450 => "Variant 450",
        N420 => "420",
        N450 => "450",
        Cellular => "Cellular",
        CellularMesh => "Cellular+Mesh",
        SpecialInstallationMesh => "Special Installation Mesh",
        Space => " ",
        NoCoverageIntended => "No Coverage Intended",
    }
);

impl WanTechnology {
    /// Whether the extract of that region may hold it (MP106-R5, R6, R7; 4G regions: ours).
    pub fn suits(self, region: CspRegion) -> bool {
        match self {
            Self::NoCoverageIntended => true,
            Self::Standard420 | Self::Variant450 | Self::N420 | Self::N450 => region == CspRegion::North,
            Self::Cellular => region != CspRegion::North,
            Self::CellularMesh | Self::SpecialInstallationMesh | Self::Space => {
                matches!(region, CspRegion::Central | CspRegion::South)
            }
        }
    }

    /// The same under the name that it has in that release (MP106-R6, T1).
    pub const fn named_in(self, release: CspRelease) -> Self {
        match self {
            Self::Standard420 | Self::N420 => match release {
                CspRelease::R1_3 => Self::Standard420,
                CspRelease::R2_0 => Self::N420,
            },
            Self::Variant450 | Self::N450 => match release {
                CspRelease::R1_3 => Self::Variant450,
                CspRelease::R2_0 => Self::N450,
            },
            Self::Cellular
            | Self::CellularMesh
            | Self::SpecialInstallationMesh
            | Self::Space
            | Self::NoCoverageIntended => self,
        }
    }

    /// Whether Table 3 of SEC Appendix I, Annex E, lists it (MP106-T1); CSPs may send what it leaves out (MP106-R9).
    pub const fn is_in_table_3(self) -> bool {
        match self {
            Self::SpecialInstallationMesh => false,
            Self::Standard420
            | Self::Variant450
            | Self::N420
            | Self::N450
            | Self::Cellular
            | Self::CellularMesh
            | Self::Space
            | Self::NoCoverageIntended => true,
        }
    }
}

closed_set!(
    /// The DCC release whose names for CSP North's WAN Variants are sent: `Standard 420` and `Variant 450` up to 1.3,
    /// `420` and `450` since 2.0 (MP106-T1).
    CspRelease, "a csp_release", {
        R1_3 => "1.3",
        R2_0 => "2.0",
    }
);

closed_set!(
    /// How likely a connection is (schema: ConnectivityLikelihood).
    ConnectivityLikelihood, "a ConnectivityLikelihood", {
        High => "High",
        Medium => "Medium",
        Low => "Low",
    }
);

/// Whom a coverage row speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredPlace {
    /// The postcode.
    pub post_code: PostCode,
    /// One premises of it; absent: see `uprn`.
    pub address_identifier: Option<AddressIdentifier>,
    /// One premises of it; absent together with the address: the whole postcode.
    pub uprn: Option<Uprn>,
}

/// What a CSP says about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whether there is coverage.
    pub available: bool,
    /// From when.
    pub anticipated: Option<Date>,
    /// By which technology, as the extract has it.
    pub technology: WanTechnology,
    /// How likely a connection is.
    pub likelihood: ConnectivityLikelihood,
    /// What a Communications Hub needs there.
    pub auxiliary_equipment: Option<AuxiliaryEquipment>,
    /// What else the CSP says.
    pub additional_information: Option<AdditionalInformation>,
}

/// One row of a coverage extract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// Whose extract.
    pub region: CspRegion,
    /// Whom it speaks for.
    pub place: CoveredPlace,
    /// What it says.
    pub coverage: Coverage,
}

impl CoverageRow {
    /// Builds a row whose technology suits its region.
    ///
    /// # Errors
    /// When the region has no extract, or may not hold that technology: a single space from CSP North for one.
    pub fn new(region: CspRegion, place: CoveredPlace, coverage: Coverage) -> Result<Self, Malformed> {
        if !CspRegion::WITH_COVERAGE.contains(&region) {
            return Err(Malformed::new(
                region.as_str(),
                "a CSP Region with coverage: North, Central, South or their 4G",
            ));
        }
        if !coverage.technology.suits(region) {
            let expected = format!("a WAN technology that CSP Region {region} reports (MP106-R5, R6)");
            return Err(Malformed::new(coverage.technology.as_str(), expected));
        }
        Ok(Self { region, place, coverage })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MP106-R8, T2.
    #[test]
    fn one_space_is_told_from_none_and_two() {
        assert_eq!(" ".parse::<WanTechnology>(), Ok(WanTechnology::Space));
        for text in ["", "  ", "\u{a0}", " Cellular", "Unknown"] {
            assert!(text.parse::<WanTechnology>().is_err(), "{text:?}");
        }
    }

    /// MP106-R6 and T1.
    #[test]
    fn the_names_of_the_releases_map_one_to_one() {
        for (before, since) in [
            (WanTechnology::Standard420, WanTechnology::N420),
            (WanTechnology::Variant450, WanTechnology::N450),
        ] {
            for either in [before, since] {
                assert_eq!(either.named_in(CspRelease::R1_3), before);
                assert_eq!(either.named_in(CspRelease::R2_0), since);
            }
        }
        let others = WanTechnology::ALL.iter().filter(|technology| !technology.suits(CspRegion::North));
        for technology in others.chain([&WanTechnology::NoCoverageIntended]) {
            for release in CspRelease::ALL {
                assert_eq!(technology.named_in(*release), *technology);
            }
        }
    }

    /// MP106-R5, R6, R7, R9 and T1.
    #[test]
    fn technologies_belong_to_regions() {
        let of = |region| {
            WanTechnology::ALL.iter().filter(|t| t.suits(region)).map(|t| t.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(
            of(CspRegion::North),
            ["Standard 420", "Variant 450", "420", "450", "No Coverage Intended"]
        );
        let cellular =
            ["Cellular", "Cellular+Mesh", "Special Installation Mesh", " ", "No Coverage Intended"];
        assert_eq!(of(CspRegion::Central), cellular);
        assert_eq!(of(CspRegion::South), cellular);
        assert_eq!(of(CspRegion::South4G), ["Cellular", "No Coverage Intended"]);
    }
}
