//! Bounded texts: newtypes whose only constraint is a length. Whitespace is data and is never trimmed.

use super::Malformed;

/// Whether XML 1.0 can carry the character (production 2, `Char`).
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn bounded(text: &str, min: usize, max: usize, what: &str) -> Result<String, Malformed> {
    // The schema counts characters, not octets. A character that XML cannot carry is refused on input, from CSV too:
    // otherwise the answer with it could not be encoded later.
    let length = text.chars().count();
    if (min..=max).contains(&length) && text.chars().all(is_xml_char) {
        Ok(text.to_owned())
    } else {
        Err(Malformed::new(text, format!("{what}: {min} to {max} characters that XML can carry")))
    }
}

/// Declares a text type that is valid by construction, with its name in messages and its length in characters.
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $what:literal, $min:literal ..= $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, unchanged.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                bounded(text, $min, $max, $what).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text_type!(
    /// The manufacturer of a Device (schema: DeviceManufacturer).
    DeviceManufacturer, "a DeviceManufacturer", 0..=30
);
text_type!(
    /// The manufacturer's model (schema: DeviceModel).
    DeviceModel, "a DeviceModel", 0..=30
);
text_type!(
    /// The SMETS or CHTS version as text, kept and sent as it came; it does not decide whether a Device is SMETS1 (SMI.md 1).
    SmetsChtsVersion, "a SMETSCHTSVersion", 1..=20
);
impl SmetsChtsVersion {
    /// The last number of the text: `4.2` of `V4.2`, `SMETS V4.2` and `SMETS2 V4.2` (F37, F38); none if it has no digit.
    pub fn number(&self) -> Option<&str> {
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let number = self.0.trim_end_matches(|c: char| !c.is_ascii_digit());
        let begin = number.rfind(|c: char| !is_part(c)).map_or(0, |at| {
            // Behind the character before the number, which may have several octets.
            at + number.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
        });
        number.get(begin..).map(|number| number.trim_start_matches('.')).filter(|number| !number.is_empty())
    }

    /// Whether it is the same version: of the same number, or without one of the same text (SMI.md 1, ours).
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self.number(), other.number()) {
            (Some(own), Some(other)) => own == other,
            (None, None) => self == other,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

text_type!(
    /// The firmware version (schema: FirmwareVersion).
    FirmwareVersion, "a FirmwareVersion", 1..=8
);
text_type!(
    /// The name that people give a firmware image.
    ImageName, "a name of an image", 1..=100
);
text_type!(
    /// The part of an address that tells premises of one postcode apart (schema: AddressIdentifier).
    AddressIdentifier, "an AddressIdentifier", 0..=30
);
text_type!(
    /// Equipment that a Communications Hub needs at the premises (schema: AuxiliaryEquipmentRequired).
    AuxiliaryEquipment, "an AuxiliaryEquipmentRequired", 0..=50
);
text_type!(
    /// Free text of a CSP about the premises (schema: AdditionalInformation).
    AdditionalInformation, "an AdditionalInformation", 0..=250
);
text_type!(
    /// A GBCS version, a HAN variant or the name of an S1SP. The schema has no bound for these; 100 is ours.
    FreeText, "a short text", 1..=100
);

text_type!(
    /// A User's own reference (schema: UserRefID, GISData).
    UserReference, "a reference", 0..=25
);
text_type!(
    /// The reference of an incident (schema: IncidentReference).
    IncidentReference, "an IncidentReference", 0..=15
);
text_type!(
    /// Why an operator did something, as kept beside it.
    ActReason, "a reason", 1..=500
);
text_type!(
    /// The name of who did something: a person, or a program.
    ActorName, "a name", 1..=100
);

impl ActorName {
    /// A program with the token of the management listener, which says no name.
    pub fn token() -> Self {
        Self("token".to_owned())
    }
}

text_type!(
    /// The signifier of a SEC Party, as Users have it. The bound is ours.
    PartySignifier, "a party signifier", 1..=100
);
text_type!(
    /// The ID of a place where hubs lie or are re-flashed (HUBS.md 2). The bound is ours, as those of the next ones.
    LocationId, "a location ID", 1..=40
);
text_type!(
    /// The name or the address of such a place.
    LocationText, "a text", 1..=250
);
text_type!(
    /// The ID of a unit, a multi-jig of a re-flash site (MP155-R34).
    UnitId, "a unit ID", 1..=40
);
text_type!(
    /// The number of an Advanced Shipment Notification (MP155-R23).
    AsnNumber, "an ASN", 1..=40
);
text_type!(
    /// What is written on a pallet or on a carton.
    PackageId, "a pallet or carton", 1..=40
);

text_type!(
    /// Additional information of a User about a Communications Hub (schema: AdditionalInformation of SR 8.14.x).
    HubInformation, "an AdditionalInformation", 0..=200
);

text_type!(
    /// The name of a version of the TS Applicability Tables. The bound is ours.
    TsatVersion, "a version of the tables", 1..=20
);
text_type!(
    /// A text beside the dates of the TS Applicability Tables. The bound is ours.
    TsatText, "a text of the tables", 0..=200
);

text_type!(
    /// Who makes a privacy assessment. The bound is ours, as the next one.
    AuditorName, "the name of an auditor", 1..=100
);
text_type!(
    /// What a privacy assessment found.
    AssessmentFindings, "findings", 1..=1000
);

text_type!(
    /// The ID of a change that is made in a maintenance window (SERVICE.md 2). The bound is ours, as those of the next two.
    ChangeId, "the ID of a change", 1..=40
);
text_type!(
    /// What such a change is called.
    ChangeTitle, "a title of a change", 1..=250
);
text_type!(
    /// What was learned from a change that failed, and what is done about it (MP092-R32).
    ChangeLesson, "a lesson", 1..=1000
);

text_type!(
    /// A postcode as written (schema: PostCode, 6 to 8 characters).
    PostCode, "a PostCode", 6..=8
);

impl PostCode {
    /// The lookup key: the postcode in upper case without whitespace, so that all spellings of one match (SMI.md 7).
    pub fn key(&self) -> String {
        self.0.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
    }

    /// The district of the postcode; none if the text does not have the form of a postcode.
    pub fn district(&self) -> Option<District> {
        let key = self.key();
        // The inward code always is a digit and two letters.
        let (outward, inward) = key.split_at_checked(key.len().checked_sub(3)?)?;
        let is_inward = inward.starts_with(|c: char| c.is_ascii_digit())
            && inward.chars().skip(1).all(|c| c.is_ascii_uppercase());
        outward.parse().ok().filter(|_| is_inward)
    }
}

/// A postcode district: the outward code of a postcode, such as `M1` or `SW1A` (MP106-R10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District(String);

impl District {
    /// The text, unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lookup key, the same for all spellings of one district. It has a space, which no postcode's key has, so that
    /// both kinds of keys can share one index.
    pub fn key(&self) -> String {
        format!("{} *", self.0.to_ascii_uppercase())
    }
}

impl std::str::FromStr for District {
    type Err = Malformed;

    /// Parses one or two letters, a digit, and optionally one more digit or letter.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = text.len() - rest.len();
        let is_outward = (1..=2).contains(&letters)
            && (1..=2).contains(&rest.len())
            && rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_alphanumeric());
        if is_outward {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new(text, "a postcode district like `SW1A`"))
        }
    }
}

impl std::fmt::Display for District {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F37, F38, SMI.md 1.
    #[test]
    fn versions_are_compared_by_their_last_number() {
        let version = |text: &str| text.parse::<SmetsChtsVersion>().unwrap();
        for text in ["V4.2", "SMETS V4.2", "SMETS2 V4.2", "4.2", "v4.2 ", "SMETS2\u{2003}4.2"] {
            assert_eq!(version(text).number(), Some("4.2"), "{text}");
            assert!(version(text).is_same_as(&version("V4.2")), "{text}");
            assert_eq!(version(text).as_str(), text, "kept as it came");
        }
        for (text, number) in
            [("SMETS2", Some("2")), ("CHTS V1.4", Some("1.4")), ("V", None), (".", None), ("..7", Some("7"))]
        {
            assert_eq!(version(text).number(), number, "{text}");
            assert!(!version(text).is_same_as(&version("V4.2")), "{text}");
            assert!(version(text).is_same_as(&version(text)), "{text}");
        }
        assert!(!version("A").is_same_as(&version("B")));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!("éééééééé".parse::<FirmwareVersion>().is_ok());
        assert!("ééééééééé".parse::<FirmwareVersion>().is_err());
    }

    #[test]
    fn whitespace_is_kept() {
        assert_eq!(" 1 ".parse::<FirmwareVersion>().unwrap().as_str(), " 1 ");
    }

    #[test]
    fn a_character_xml_cannot_carry_is_refused() {
        assert!("a\u{0}".parse::<DeviceModel>().is_err());
        assert!("a\u{FFFE}".parse::<DeviceModel>().is_err());
    }

    #[test]
    fn postcodes_compare_without_case_and_spaces() {
        let key = |text: &str| text.parse::<PostCode>().unwrap().key();
        assert_eq!(key("m1 1ae"), key("M11AE "));
    }

    /// MP106-R10.
    #[test]
    fn a_district_is_the_outward_code() {
        for text in ["M1", "m60", "CR2", "DN55", "W1A", "EC1A"] {
            assert!(text.parse::<District>().is_ok(), "{text}");
        }
        for text in ["", "M", "1", "M1 ", " M1", "ABC1", "M100", "M1 1AE", "MM", "É1", "M1é"] {
            assert!(text.parse::<District>().is_err(), "{text}");
        }
        let district = |text: &str| text.parse::<PostCode>().unwrap().district().map(|d| d.key());
        assert_eq!(district("ec1a 1bb").as_deref(), Some("EC1A *"));
        assert_eq!(district("M1  1AE").as_deref(), Some("M1 *"));
        assert_eq!(
            [district("ZZZZZZ"), district("ZZ1ZZZ"), district("12345678"), district("ééééééé")],
            [const { None }; 4]
        );
    }
}
