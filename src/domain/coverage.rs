//! SM WAN coverage: regions, technologies, and the rows of the CSPs' coverage extracts.
//!
//! A single space is a valid technology here, not an absent value (MP106-R8).

use std::str::FromStr;

use super::{
    AdditionalInformation, AddressIdentifier, AuxiliaryEquipment, Date, District, Malformed, Now, PostCode,
    Timestamp, Uprn, instant_text, set::closed_set,
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
    /// The regions that have a coverage extract, in the order of an answer.
    pub const WITH_COVERAGE: &'static [Self] =
        &[Self::North, Self::Central, Self::South, Self::North4G, Self::Central4G, Self::South4G];

    /// The region that stands for it in schemas before 5.3, which have no 4G regions.
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
    /// Whether the extract of that region may have this technology (MP106-R5, R6, R7; 4G regions: ours).
    pub fn suits(self, region: CspRegion) -> bool {
        // No `_` arm, here and below: the compiler then asks about a new technology.
        match self {
            Self::NoCoverageIntended => true,
            Self::Standard420 | Self::Variant450 | Self::N420 | Self::N450 => region == CspRegion::North,
            Self::Cellular => region != CspRegion::North,
            Self::CellularMesh | Self::SpecialInstallationMesh | Self::Space => {
                matches!(region, CspRegion::Central | CspRegion::South)
            }
        }
    }

    /// The same technology under its name in that release (MP106-R6, T1).
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

    /// Whether Table 3 of SEC Appendix I, Annex E, lists it (MP106-T1). CSPs may send technologies that it does not list
    /// (MP106-R9).
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

/// The area or the premises that one row of an extract covers (MP106-R10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoveredPlace {
    /// All of a postcode district.
    District(District),
    /// All of a postcode.
    PostCode(PostCode),
    /// One premises, by its address.
    Address(PostCode, AddressIdentifier),
    /// One premises, by its UPRN; some CSPs give its address too.
    Uprn(PostCode, Option<AddressIdentifier>, Uprn),
}

impl CoveredPlace {
    /// Makes a place from the values of a row.
    ///
    /// # Errors
    /// When the area is neither a postcode nor a district, or it is a district and there is an address or a UPRN.
    pub fn new(
        area: &str,
        address_identifier: Option<AddressIdentifier>,
        uprn: Option<Uprn>,
    ) -> Result<Self, Malformed> {
        // The order of the attempts does not matter: a district has at most four characters, a postcode at least six.
        if let Ok(district) = District::from_str(area) {
            let premises = address_identifier.map(|a| a.to_string()).or(uprn.map(|uprn| uprn.to_string()));
            let expected = format!("empty, as it must be beside postcode district {district}");
            return premises
                .map_or(Ok(Self::District(district)), |value| Err(Malformed::new(&value, expected)));
        }
        let expected = "a PostCode: 6 to 8 characters that XML can carry, or a postcode district like `SW1A`";
        let post_code = area.parse().map_err(|_| Malformed::new(area, expected))?;
        Ok(match (address_identifier, uprn) {
            (address, Some(uprn)) => Self::Uprn(post_code, address, uprn),
            (Some(address), None) => Self::Address(post_code, address),
            (None, None) => Self::PostCode(post_code),
        })
    }

    /// The postcode or district, as it was written.
    pub fn area(&self) -> &str {
        match self {
            Self::District(district) => district.as_str(),
            Self::PostCode(post_code) | Self::Address(post_code, _) | Self::Uprn(post_code, _, _) => {
                post_code.as_str()
            }
        }
    }

    /// The lookup key of the postcode or district, the same for all spellings. The keys of both kinds never collide.
    pub fn key(&self) -> String {
        match self {
            Self::District(district) => district.key(),
            Self::PostCode(post_code) | Self::Address(post_code, _) | Self::Uprn(post_code, _, _) => {
                post_code.key()
            }
        }
    }

    /// The address of one premises.
    pub const fn address_identifier(&self) -> Option<&AddressIdentifier> {
        match self {
            Self::District(_) | Self::PostCode(_) => None,
            Self::Address(_, address) => Some(address),
            Self::Uprn(_, address, _) => address.as_ref(),
        }
    }

    /// The UPRN of one premises.
    pub const fn uprn(&self) -> Option<Uprn> {
        match self {
            Self::District(_) | Self::PostCode(_) | Self::Address(_, _) => None,
            Self::Uprn(_, _, uprn) => Some(*uprn),
        }
    }
}

/// The extract that a region's coverage was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoverageSource {
    /// The region's extract.
    Extract {
        /// The file's name.
        name: String,
        /// The time of its import.
        loaded_at: Timestamp,
    },
    /// The region's extract, imported by an older version of this program, which kept neither name nor time.
    UndatedExtract,
}

impl CoverageSource {
    /// The extract and its age, as text for explanations.
    pub fn describe(&self, now: Now) -> String {
        match self {
            Self::Extract { name, loaded_at } => {
                let day = instant_text(*loaded_at).chars().take(10).collect::<String>();
                format!("extract `{name}` loaded {day}, {}", days_text(age_in_days(*loaded_at, now)))
            }
            Self::UndatedExtract => "an extract of unknown age".to_owned(),
        }
    }
}

/// The age in whole days, at least zero.
pub fn age_in_days(since: Timestamp, now: Now) -> i64 {
    // Negative where the file was loaded by an instance whose clock is ahead.
    now.0.duration_since(since).as_hours().max(0) / 24
}

fn days_text(days: i64) -> String {
    if days == 1 { "1 day old".to_owned() } else { format!("{days} days old") }
}

/// The coverage that a CSP states for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whether there is coverage.
    pub available: bool,
    /// The date from which it is available.
    pub anticipated: Option<Date>,
    /// The technology, under the name in the extract.
    pub technology: WanTechnology,
    /// How likely a connection is.
    pub likelihood: ConnectivityLikelihood,
    /// The equipment that a Communications Hub needs there.
    pub auxiliary_equipment: Option<AuxiliaryEquipment>,
    /// Free text of the CSP.
    pub additional_information: Option<AdditionalInformation>,
}

/// One row of a coverage extract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// The region of the extract.
    pub region: CspRegion,
    /// The area or the premises.
    pub place: CoveredPlace,
    /// The coverage there.
    pub coverage: Coverage,
}

impl CoverageRow {
    /// Makes a row, checked.
    ///
    /// # Errors
    /// When the region has no extract, or its extract may not have that technology, such as a single space from CSP North.
    pub fn new(region: CspRegion, place: CoveredPlace, coverage: Coverage) -> Result<Self, Malformed> {
        // Checked here and not by each importer: no row can exist that its CSP could not have reported.
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

    /// MP106-R10.
    #[test]
    fn a_place_is_as_exact_as_the_row_says() {
        let place = |area: &str, address: Option<&str>, uprn: Option<&str>| {
            let (address, uprn) = (address.map(|a| a.parse().unwrap()), uprn.map(|u| u.parse().unwrap()));
            CoveredPlace::new(area, address, uprn).map_err(|malformed| malformed.to_string())
        };
        assert!(matches!(place("ZZ1 1AA", None, None), Ok(CoveredPlace::PostCode(_))));
        assert!(matches!(place("ZZ1 1AA", Some("1"), None), Ok(CoveredPlace::Address(_, _))));
        assert!(matches!(place("ZZ1 1AA", Some("1"), Some("1")), Ok(CoveredPlace::Uprn(_, Some(_), _))));
        assert!(matches!(place("ZZ1", None, None), Ok(CoveredPlace::District(_))));
        let refusals = [("ZZ1", Some("1"), None), ("zz1", None, Some("7")), ("ZZ1 1", None, None)];
        let refusals = refusals.map(|(area, address, uprn)| place(area, address, uprn).unwrap_err());
        insta::assert_snapshot!(refusals.join("\n"), @"
        `1` is not empty, as it must be beside postcode district ZZ1
        `7` is not empty, as it must be beside postcode district zz1
        `ZZ1 1` is not a PostCode: 6 to 8 characters that XML can carry, or a postcode district like `SW1A`
        ");
    }

    #[test]
    fn a_source_says_how_old_it_is() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let extract =
            |loaded: &str| CoverageSource::Extract { name: "south.csv".to_owned(), loaded_at: at(loaded) };
        let now = Now(at("2026-11-22T10:00:00Z"));
        let loaded = ["2026-11-01T12:00:00Z", "2026-11-21T10:00:00Z", "2026-11-22T11:00:00Z"];
        let described = loaded.map(|at| extract(at).describe(now));
        insta::assert_snapshot!(described.join("\n"), @"
        extract `south.csv` loaded 2026-11-01, 20 days old
        extract `south.csv` loaded 2026-11-21, 1 day old
        extract `south.csv` loaded 2026-11-22, 0 days old
        ");
        assert_eq!(CoverageSource::UndatedExtract.describe(now), "an extract of unknown age");
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
