//! Valid requests: every choice of the Service Requests answered here, with and without what is optional.

use super::tree::{Part, Tree};

const DEVICE: &str = "<sr:DeviceID>00-DB-12-34-56-78-90-A0</sr:DeviceID>";

/// Service Request, its element, its content.
const BODIES: &[(&str, &str, &str)] = &[
    ("8.2", "ReadInventory", "<sr:UPRN>123456789012</sr:UPRN>"),
    ("8.2", "ReadInventory", "<sr:DeviceID>00-db-12-34-56-78-90-a0</sr:DeviceID>"),
    ("8.2", "ReadInventory", "<sr:MPxN>1234567890123</sr:MPxN>"),
    (
        "8.2",
        "ReadInventory",
        "<sr:PropertyFilter><sr:PostCode>M1 1AE</sr:PostCode><sr:AddressIdentifier>1</sr:AddressIdentifier></sr:PropertyFilter>",
    ),
    ("8.4", "UpdateInventory", "<sr:UpdateDeviceStatusExceptCH>Pending</sr:UpdateDeviceStatusExceptCH>"),
    ("8.4", "UpdateInventory", "<sr:UpdateDeviceStatusCH>Withdrawn</sr:UpdateDeviceStatusCH>"),
    (
        "8.4",
        "UpdateInventory",
        "<sr:UpdateDeviceDetails><sr:DeviceManufacturer>Acme</sr:DeviceManufacturer><sr:DeviceModel>E1</sr:DeviceModel><sr:SMETSCHTSVersion>SMETS V1.58</sr:SMETSCHTSVersion><sr:FirmwareVersion>01020304</sr:FirmwareVersion><sr:ESMEVariant>ADE</sr:ESMEVariant></sr:UpdateDeviceDetails>",
    ),
    ("8.4", "UpdateInventory", "<sr:UpdateDeviceDetails></sr:UpdateDeviceDetails>"),
    ("8.4", "UpdateInventory", "<sr:DeleteDevice></sr:DeleteDevice>"),
    ("8.4", "UpdateInventory", "<sr:UpdateMPxN><sr:ImportMPxN>1234567890</sr:ImportMPxN></sr:UpdateMPxN>"),
    (
        "8.4",
        "UpdateInventory",
        "<sr:UpdateMPxN><sr:SecondaryImportMPAN>1234567890123</sr:SecondaryImportMPAN></sr:UpdateMPxN>",
    ),
    ("8.4", "UpdateInventory", "<sr:UpdateMPxN><sr:ExportMPAN>1234567890123</sr:ExportMPAN></sr:UpdateMPxN>"),
    ("8.3", "DecommissionDevice", ""),
    (
        "8.11",
        "UpdateHANDeviceLog",
        "<sr:RequestType>Add</sr:RequestType><sr:AddDeviceToCHFWhitelist><sr:JoinTimePeriod>3600</sr:JoinTimePeriod><sr:InstallCode>001122334455</sr:InstallCode><sr:ImportMPxN>1234567890123</sr:ImportMPxN><sr:SecondaryImportMPAN>1234567890124</sr:SecondaryImportMPAN><sr:ExportMPAN>1234567890125</sr:ExportMPAN></sr:AddDeviceToCHFWhitelist>",
    ),
    (
        "8.11",
        "UpdateHANDeviceLog",
        "<sr:RequestType>Add</sr:RequestType><sr:AddDeviceToCHFWhitelist><sr:JoinTimePeriod>1</sr:JoinTimePeriod><sr:InstallCode>00112233445566778899aAbBcCdDeEfF</sr:InstallCode></sr:AddDeviceToCHFWhitelist>",
    ),
    ("8.11", "UpdateHANDeviceLog", "<sr:RequestType>Remove</sr:RequestType>"),
    (
        "8.14.1",
        "CHFInstallSuccessSMWAN",
        "<sr:CHFInstallType>New CHF Install</sr:CHFInstallType><sr:InstallDateTime>2026-01-31T09:30:00Z</sr:InstallDateTime><sr:UserRefID>a</sr:UserRefID><sr:MPxN>1234567890123</sr:MPxN><sr:GISData>b</sr:GISData><sr:AerialInstall>false</sr:AerialInstall><sr:CHFLocation>Deep indoors</sr:CHFLocation><sr:AdditionalInformation>c</sr:AdditionalInformation>",
    ),
    (
        "8.14.2",
        "CHFInstallSuccessNoSMWAN",
        "<sr:CHFInstallType>CHF Install - no SM WAN</sr:CHFInstallType><sr:MPxN>1234567890</sr:MPxN><sr:AerialInstall>true</sr:AerialInstall><sr:CHFLocation>Outside Premises</sr:CHFLocation><sr:PremiseType>Terraced</sr:PremiseType><sr:MetalObstructionCheck>1</sr:MetalObstructionCheck><sr:ConnectivityObstructionCheck>0</sr:ConnectivityObstructionCheck><sr:SharedObstructionCheck>true</sr:SharedObstructionCheck>",
    ),
    (
        "8.14.3",
        "CHFFaultReturn",
        "<sr:CHFFaultReturnType>Fault identified post installation</sr:CHFFaultReturnType><sr:UserRefDateTime>2026-01-31T09:30:00.5+01:00</sr:UserRefDateTime><sr:UserRefID>a</sr:UserRefID><sr:OtherDeviceID>00-DB-12-34-56-78-90-A1</sr:OtherDeviceID><sr:IncidentReference>INC1</sr:IncidentReference><sr:CHFConnectionMethod>Hot-shoe</sr:CHFConnectionMethod><sr:CHFFaultReason>LED Fault</sr:CHFFaultReason><sr:AdditionalInformation></sr:AdditionalInformation>",
    ),
    (
        "8.14.4",
        "CHFNoFaultReturn",
        "<sr:CHFNoFaultReturnType>Lost or Stolen Hub</sr:CHFNoFaultReturnType><sr:IncidentReference>INC1</sr:IncidentReference>",
    ),
    (
        "11.1",
        "UpdateFirmware",
        "<sr:FirmwareImage>AAECAw==</sr:FirmwareImage><sr:FirmwareVersion>0A000001</sr:FirmwareVersion><sr:DeviceIDList>00-DB-12-34-56-78-90-A0,00-db-12-34-56-78-90-a1</sr:DeviceIDList>",
    ),
    (
        "11.3",
        "ActivateFirmware",
        "<sr:ExecutionDateTime>2026-01-31T09:30:00Z</sr:ExecutionDateTime><sr:FirmwareHash>00112233445566778899aAbBcCdDeEfF00112233445566778899aAbBcCdDeEfF</sr:FirmwareHash>",
    ),
    (
        "11.3",
        "ActivateFirmware",
        "<sr:FirmwareHash>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</sr:FirmwareHash>",
    ),
    ("12.1", "RequestWANMatrix", "<sr:UPRN>7</sr:UPRN>"),
    (
        "12.1",
        "RequestWANMatrix",
        "<sr:PartialAddress><sr:PostCode>M1 1AE</sr:PostCode><sr:AddressIdentifier></sr:AddressIdentifier></sr:PartialAddress>",
    ),
    (
        "12.2",
        "DevicePrenotification",
        "<sr:DeviceManufacturer></sr:DeviceManufacturer><sr:DeviceModel>CH 1</sr:DeviceModel><sr:DeviceType>CHF</sr:DeviceType><sr:SMETSCHTSVersion>CHTS V1.0</sr:SMETSCHTSVersion><sr:FirmwareVersion>1</sr:FirmwareVersion><sr:AssociatedGPFDeviceID>00-DB-12-34-56-78-90-A1</sr:AssociatedGPFDeviceID>",
    ),
    (
        "12.2",
        "DevicePrenotification",
        "<sr:DeviceManufacturer>Acme</sr:DeviceManufacturer><sr:DeviceModel>E1</sr:DeviceModel><sr:DeviceType>ESME</sr:DeviceType><sr:ESMEVariant>A</sr:ESMEVariant>",
    ),
];

const FIRST: &str = "<sr:FirstInSequence>true</sr:FirstInSequence>";
const PRECEDING: &str = "<sr:PrecedingServiceRequestID>90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:0</sr:PrecedingServiceRequestID>";

const SIGNATURE: &str = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod><ds:Reference URI=""><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"#;

/// All of them.
pub(super) fn all() -> Vec<Tree> {
    let sequences = ["", FIRST, PRECEDING, "both"];
    let bodies = BODIES.iter().enumerate();
    bodies
        .flat_map(|(at, body)| {
            [(body, sequences.get(at % 4), ""), (body, sequences.get((at + 1) % 4), SIGNATURE)]
        })
        .map(|(body, sequence, signature)| base(*body, sequence.unwrap(), signature))
        .collect()
}

fn base((variant, element, content): (&str, &str, &str), sequence: &str, signature: &str) -> Tree {
    let sequence = if sequence == "both" { format!("{FIRST}{PRECEDING}") } else { sequence.to_owned() };
    let device = if matches!(variant, "8.2" | "11.1" | "11.3" | "12.1") { "" } else { DEVICE };
    let reference = if variant.starts_with("8.14") { "8.14" } else { variant };
    let mut tree = Tree::parse(&format!(
        r#"<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"
            schemaVersion="5.4"><sr:Header
            ><sr:RequestID>90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1000</sr:RequestID>{sequence}<sr:CommandVariant
            >8</sr:CommandVariant><sr:ServiceReference>{reference}</sr:ServiceReference><sr:ServiceReferenceVariant
            >{variant}</sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:{element}>{device}{content}</sr:{element}
            ></sr:Body></sr:Request>"#
    ));
    if !signature.is_empty() {
        tree.parts.push(Part::Element(Tree::parse(signature)));
    }
    tree
}
