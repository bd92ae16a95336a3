//! The simple types of the schema: a whitespace rule and a parser for each.

use std::str::FromStr;

use super::{
    attributes::{self, ExpandedName},
    schema_fault::SchemaFault,
    text::{text_of, trim},
};
use crate::{
    domain::{
        AddressIdentifier, CommandVariant, DateTimeText, DeviceManufacturer, DeviceModel, DeviceType,
        EsmeVariant, Eui64, FirmwareHash, FirmwareVersion, HanLogChange, HubConnection, HubFaultReason,
        HubFaultReturnType, HubInformation, HubInstallType, HubLocation, HubNoFaultReturnType,
        IncidentReference, InstallCode, JoinTime, Malformed, Mpxn, PostCode, PremiseType, RequestId,
        SchemaVersion, ServiceReferenceVariant, SmetsChtsVersion, StatusCh, StatusExceptCh, Uprn,
        UserReference,
    },
    duis::xml::{Document, NodeId, excerpt, names},
};

/// A simple type of the schema: its name, its whitespace rule and the parser of its values.
pub(super) struct SimpleType<T> {
    /// `None` for a type without a name, which no `xsi:type` can name.
    name: Option<ExpandedName<'static>>,
    whitespace: Whitespace,
    read: fn(&str) -> Result<T, Malformed>,
}

/// The whitespace rule of a type, applied before its value is parsed (XML Schema 2, 4.3.6).
///
/// `Collapse` only trims: no value of a collapsing type here may contain whitespace, so it fails to parse anyway.
enum Whitespace {
    Preserve,
    Collapse,
}

/// EUI: a token.
pub(super) const EUI: SimpleType<Eui64> = SimpleType::collapsing("EUI", Eui64::from_str);
/// RequestIDType: a token.
pub(super) const REQUEST_ID: SimpleType<RequestId> =
    SimpleType::collapsing("RequestIDType", RequestId::from_str);
/// `xs:boolean`.
pub(super) const BOOLEAN: SimpleType<bool> =
    SimpleType { name: Some((names::XS, "boolean")), whitespace: Whitespace::Collapse, read: boolean };
/// CommandVariant: a positive integer, so `+8` and `08` are 8.
pub(super) const COMMAND_VARIANT: SimpleType<CommandVariant> =
    SimpleType::collapsing("CommandVariant", command_variant);
/// UPRN: a positive integer of at most 12 digits, leading zeros not counted.
pub(super) const UPRN: SimpleType<Uprn> = SimpleType::collapsing("UPRN", uprn);
/// ServiceReference.
pub(super) const SERVICE_REFERENCE: SimpleType<&'static str> =
    SimpleType::preserving("ServiceReference", service_reference);
/// ServiceReferenceVariant.
pub(super) const SERVICE_REFERENCE_VARIANT: SimpleType<ServiceReferenceVariant> =
    SimpleType::preserving("ServiceReferenceVariant", ServiceReferenceVariant::from_str);
/// ImportMPxN.
pub(super) const IMPORT_MPXN: SimpleType<Mpxn> = SimpleType::preserving("ImportMPxN", Mpxn::from_str);
/// An unnamed restriction of MPAN.
pub(super) const MPAN: SimpleType<Mpxn> =
    SimpleType { name: None, whitespace: Whitespace::Preserve, read: thirteen_characters };
/// PostCode.
pub(super) const POST_CODE: SimpleType<PostCode> = SimpleType::preserving("PostCode", PostCode::from_str);
/// AddressIdentifier.
pub(super) const ADDRESS_IDENTIFIER: SimpleType<AddressIdentifier> =
    SimpleType::preserving("AddressIdentifier", AddressIdentifier::from_str);
/// DeviceManufacturer.
pub(super) const DEVICE_MANUFACTURER: SimpleType<DeviceManufacturer> =
    SimpleType::preserving("DeviceManufacturer", DeviceManufacturer::from_str);
/// DeviceModel.
pub(super) const DEVICE_MODEL: SimpleType<DeviceModel> =
    SimpleType::preserving("DeviceModel", DeviceModel::from_str);
/// DeviceType.
pub(super) const DEVICE_TYPE: SimpleType<DeviceType> =
    SimpleType::preserving("DeviceType", DeviceType::from_str);
/// SMETSCHTSVersion.
pub(super) const SMETS_CHTS_VERSION: SimpleType<SmetsChtsVersion> =
    SimpleType::preserving("SMETSCHTSVersion", SmetsChtsVersion::from_str);
/// FirmwareVersion.
pub(super) const FIRMWARE_VERSION: SimpleType<FirmwareVersion> =
    SimpleType::preserving("FirmwareVersion", FirmwareVersion::from_str);
/// ESMEVariant.
pub(super) const ESME_VARIANT: SimpleType<EsmeVariant> =
    SimpleType::preserving("ESMEVariant", EsmeVariant::from_str);
/// UpdateDeviceStatusExceptCH.
pub(super) const STATUS_EXCEPT_CH: SimpleType<StatusExceptCh> =
    SimpleType::preserving("UpdateDeviceStatusExceptCH", StatusExceptCh::from_str);
/// UpdateDeviceStatusCH.
pub(super) const STATUS_CH: SimpleType<StatusCh> =
    SimpleType::preserving("UpdateDeviceStatusCH", StatusCh::from_str);

/// `xs:dateTime`.
pub(super) const DATE_TIME: SimpleType<DateTimeText> = SimpleType {
    name: Some((names::XS, "dateTime")),
    whitespace: Whitespace::Collapse,
    read: DateTimeText::from_str,
};
/// An unnamed RequestType.
pub(super) const HAN_LOG_CHANGE: SimpleType<HanLogChange> = SimpleType::unnamed(HanLogChange::from_str);
/// An unnamed positive integer of at most 3600.
pub(super) const JOIN_TIME: SimpleType<JoinTime> =
    SimpleType { name: None, whitespace: Whitespace::Collapse, read: join_time };
/// An unnamed restriction of `xs:hexBinary`.
pub(super) const INSTALL_CODE: SimpleType<InstallCode> =
    SimpleType { name: None, whitespace: Whitespace::Collapse, read: InstallCode::from_str };
/// An unnamed restriction of `xs:hexBinary`.
pub(super) const FIRMWARE_HASH: SimpleType<FirmwareHash> =
    SimpleType { name: None, whitespace: Whitespace::Collapse, read: FirmwareHash::from_str };
/// MPAN, which SR 8.11 uses by name.
pub(super) const HUB_MPAN: SimpleType<Mpxn> = SimpleType::preserving("MPAN", thirteen_characters);
/// MPxN.
pub(super) const HUB_MPXN: SimpleType<Mpxn> = SimpleType::preserving("MPxN", Mpxn::from_str);
/// CHFInstallType.
pub(super) const INSTALL_TYPE: SimpleType<HubInstallType> =
    SimpleType::preserving("CHFInstallType", HubInstallType::from_str);
/// UserRefID.
pub(super) const USER_REF_ID: SimpleType<UserReference> =
    SimpleType::preserving("UserRefID", UserReference::from_str);
/// GISData.
pub(super) const GIS_DATA: SimpleType<UserReference> =
    SimpleType::preserving("GISData", UserReference::from_str);
/// CHFLocation.
pub(super) const HUB_LOCATION: SimpleType<HubLocation> =
    SimpleType::preserving("CHFLocation", HubLocation::from_str);
/// PremiseType.
pub(super) const PREMISE_TYPE: SimpleType<PremiseType> =
    SimpleType::preserving("PremiseType", PremiseType::from_str);
/// CHFFaultReturnType.
pub(super) const FAULT_RETURN_TYPE: SimpleType<HubFaultReturnType> =
    SimpleType::preserving("CHFFaultReturnType", HubFaultReturnType::from_str);
/// CHFNoFaultReturnType.
pub(super) const NO_FAULT_RETURN_TYPE: SimpleType<HubNoFaultReturnType> =
    SimpleType::preserving("CHFNoFaultReturnType", HubNoFaultReturnType::from_str);
/// IncidentReference.
pub(super) const INCIDENT_REFERENCE: SimpleType<IncidentReference> =
    SimpleType::preserving("IncidentReference", IncidentReference::from_str);
/// CHFConnectionMethod.
pub(super) const CONNECTION: SimpleType<HubConnection> =
    SimpleType::preserving("CHFConnectionMethod", HubConnection::from_str);
/// CHFFaultReason.
pub(super) const FAULT_REASON: SimpleType<HubFaultReason> =
    SimpleType::preserving("CHFFaultReason", HubFaultReason::from_str);
/// An unnamed text.
pub(super) const HUB_INFORMATION: SimpleType<HubInformation> = SimpleType::unnamed(HubInformation::from_str);

impl<T> SimpleType<T> {
    const fn unnamed(read: fn(&str) -> Result<T, Malformed>) -> Self {
        Self { name: None, whitespace: Whitespace::Preserve, read }
    }

    const fn preserving(local: &'static str, read: fn(&str) -> Result<T, Malformed>) -> Self {
        Self { name: Some((names::DUIS, local)), whitespace: Whitespace::Preserve, read }
    }

    const fn collapsing(local: &'static str, read: fn(&str) -> Result<T, Malformed>) -> Self {
        Self { name: Some((names::DUIS, local)), whitespace: Whitespace::Collapse, read }
    }

    /// Reads the value of an element of this type.
    pub(super) fn value_of(&self, document: &Document, id: NodeId) -> Result<T, SchemaFault> {
        attributes::check_attributes(document, id, self.name)?;
        let text =
            text_of(document, id).ok_or_else(|| SchemaFault::new(id, "it must not contain elements"))?;
        self.read(&text).map_err(|malformed| SchemaFault::new(id, reason(&text, &malformed)))
    }

    /// Parses a text as a value of this type.
    pub(super) fn read(&self, text: &str) -> Result<T, Malformed> {
        match self.whitespace {
            Whitespace::Preserve => (self.read)(text),
            Whitespace::Collapse => (self.read)(trim(text)),
        }
    }
}

/// Parses a schemaVersion: `xs:decimal`.
pub(super) fn schema_version(text: &str) -> Result<SchemaVersion, Malformed> {
    trim(text).parse()
}

/// The message for a malformed value. Unless that is a secret, it repeats an excerpt only: a value may be megabytes long.
pub(super) fn reason(text: &str, malformed: &Malformed) -> String {
    malformed.message_with(&excerpt(text))
}

fn boolean(text: &str) -> Result<bool, Malformed> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(Malformed::new(other, "a boolean: true, false, 1 or 0")),
    }
}

fn command_variant(text: &str) -> Result<CommandVariant, Malformed> {
    let number = positive(text).ok_or_else(|| Malformed::new(text, "a CommandVariant: 1 to 9"))?;
    number.try_into()
}

fn join_time(text: &str) -> Result<JoinTime, Malformed> {
    let number = positive(text).ok_or_else(|| Malformed::new(text, "a JoinTimePeriod: 1 to 3600"))?;
    number.try_into()
}

fn uprn(text: &str) -> Result<Uprn, Malformed> {
    let number = positive(text).ok_or_else(|| Malformed::new(text, "a UPRN: 1 to 999999999999"))?;
    number.try_into()
}

/// Parses an `xs:positiveInteger`. 64 bits suffice: every type here has a smaller maximum.
fn positive(text: &str) -> Option<u64> {
    // The digit check refuses a second `+`, which `u64::from_str` would accept. Trimming leaves nothing of `0`, which is
    // not positive: it fails to parse.
    let digits = text.strip_prefix('+').unwrap_or(text);
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| digits.trim_start_matches('0').parse().ok()).flatten()
}

fn service_reference(text: &str) -> Result<&'static str, Malformed> {
    // The prefix filter is cheap and leaves few variants whose reference is worked out.
    ServiceReferenceVariant::all()
        .filter(|known| known.as_str().starts_with(text))
        .map(ServiceReferenceVariant::service_reference)
        .find(|known| *known == text)
        .ok_or_else(|| Malformed::new(text, "a ServiceReference of DUIS"))
}

fn thirteen_characters(text: &str) -> Result<Mpxn, Malformed> {
    // Characters and not bytes, as the schema counts length.
    if text.chars().count() == 13 {
        text.parse()
    } else {
        Err(Malformed::new(text, "an MPAN: 13 characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_collapse_and_strings_do_not() {
        assert!(EUI.read(" \t\r\n00-00-00-00-00-00-00-01 ").is_ok());
        assert!(EUI.read("\u{a0}00-00-00-00-00-00-00-01").is_err());
        assert!(DEVICE_TYPE.read("ESME").is_ok());
        assert!(DEVICE_TYPE.read("ESME ").is_err());
        assert_eq!(POST_CODE.read(" M1 1AE ").unwrap().as_str(), " M1 1AE ");
    }

    #[test]
    fn positive_integers_have_many_spellings() {
        for text in ["8", "+8", "08", "+0008", " 8\n"] {
            assert_eq!(COMMAND_VARIANT.read(text).unwrap().get(), 8, "{text}");
        }
        for text in ["", "+", "-8", "0", "-0", "10", "8.0", "+ 8", "++8", "\u{668}", "18446744073709551624"] {
            assert!(COMMAND_VARIANT.read(text).is_err(), "{text}");
        }
        assert!(UPRN.read(&format!("{}999999999999", "0".repeat(99))).is_ok());
        assert!(UPRN.read("1000000000000").is_err());
    }

    #[test]
    fn an_mpan_has_thirteen_characters_of_any_kind() {
        assert!(MPAN.read("ééééééééééééé").is_ok());
        assert!(MPAN.read("123456789012").is_err() && MPAN.read("12345678901234").is_err());
    }

    #[test]
    fn there_are_95_service_references() {
        let mut all = ServiceReferenceVariant::all()
            .map(ServiceReferenceVariant::service_reference)
            .collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 95);
        assert!(all.iter().all(|reference| SERVICE_REFERENCE.read(reference).is_ok()));
        assert!(SERVICE_REFERENCE.read("8.14.1").is_err());
    }

    #[test]
    fn a_value_in_pieces_is_read_whole_and_one_with_elements_not_at_all() {
        let document = |text| crate::duis::xml::parse(text).unwrap();
        let whole = document(b"<a>1<!-- 2 -->3<![CDATA[ 4]]><?p 5?></a>");
        assert_eq!(text_of(&whole, whole.root()).as_deref(), Some("13 4"));
        let nested = document(b"<a>1<b/></a>");
        assert_eq!(text_of(&nested, nested.root()), None);
    }
}
