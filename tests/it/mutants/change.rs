//! One change to one place of a message.

use super::{
    Chance,
    tree::{Part, Tree},
    values,
};

const DUIS: &str = "http://www.dccinterface.co.uk/ServiceUserGateway";

const NAMES: &[&str] = &[
    "RequestID",
    "FirstInSequence",
    "CommandVariant",
    "ServiceReference",
    "ServiceReferenceVariant",
    "Header",
    "Body",
    "DeviceID",
    "UPRN",
    "MPxN",
    "DeleteDevice",
    "DeviceModel",
    "DeviceManufacturer",
    "SMETSCHTSVersion",
    "FirmwareVersion",
    "ESMEVariant",
    "PostCode",
    "AddressIdentifier",
    "Unknown",
    "deviceid",
    "UpdateMPxN",
    "AssociatedGPFDeviceID",
    "ReadInventory",
    "UpdateInventory",
    "DeviceType",
    "OtherDeviceID",
    "InstallCode",
    "JoinTimePeriod",
    "RequestType",
    "ExecutionDateTime",
    "UserRefID",
    "AdditionalInformation",
    "AddDeviceToCHFWhitelist",
];

const NAMESPACES: &[&str] = &[
    DUIS,
    "http://www.dccinterface.co.uk/ServiceUserGateway/",
    "http://www.dccinterface.co.uk/ResponseAndAlert",
    "urn:x",
];

const TYPES: &[&str] = &[
    "sr:EUI",
    " sr:EUI\n",
    "EUI",
    "xs:token",
    "xs:string",
    "xs:boolean",
    "sr:Nothing",
    "q:EUI",
    "",
    "sr:Request",
    "xs:anyType",
    "sr:UPRN",
    "xs:positiveInteger",
    "sr:DeleteDevice",
    "sr:RequestIDType",
    "sr:MPAN",
    "sr:ImportMPxN",
    "sr:UpdateMPxN",
    "sr:PropertyFilter",
    "sr:PartialAddress",
    "sr:DeviceModel",
    "sr:FutureDatedAbstractType",
    "sr:AddDeviceToCHFWhitelist",
    "xs:dateTime",
    "xs:hexBinary",
    "sr:MPxN",
    "sr:GISData",
    "sr::EUI",
    "sr:",
    ":EUI",
];

/// Applies one change; some leave a valid message valid.
pub(super) fn change(message: &mut Tree, chance: &mut Chance) {
    let place = chance.below(message.count());
    let element = message.nth(place).unwrap();
    match chance.below(16) {
        0..=1 => children(element, chance),
        2 => rename(element, chance),
        3 => namespace(element, chance),
        4 => attribute(element, chance),
        5..=6 => between(element, chance),
        7 => message.attributes.iter_mut().filter(|(name, _)| name == "schemaVersion").for_each(
            |(_, value)| {
                *value = values::version(chance);
            },
        ),
        8 => of_leaf(message, chance, huge),
        9..=12 => of_leaf(message, chance, replace),
        _ => of_leaf(message, chance, split),
    }
}

/// Applies a change to some element without child elements.
fn of_leaf(message: &mut Tree, chance: &mut Chance, change: fn(&mut Tree, &mut Chance)) {
    for _ in 0..20 {
        let place = chance.below(message.count());
        let element = message.nth(place).unwrap();
        if !element.has_elements() {
            return change(element, chance);
        }
    }
}

/// Drops, doubles, moves or adds a child.
fn children(element: &mut Tree, chance: &mut Chance) {
    if element.parts.is_empty() {
        return;
    }
    let at = chance.below(element.parts.len());
    match chance.below(5) {
        0 => drop(element.parts.remove(at)),
        1 => element.parts.insert(at, element.parts.get(at).unwrap().clone()),
        2 => {
            let other = chance.below(element.parts.len());
            element.parts.swap(at, other);
        }
        3 => {
            let name = *chance.pick(NAMES);
            let value = values::value(name, chance);
            element.parts.insert(at, Part::Element(Tree::leaf(name, &value)));
        }
        _ => {
            let moved = element.parts.remove(at);
            element.parts.push(moved);
        }
    }
}

fn rename(element: &mut Tree, chance: &mut Chance) {
    match chance.below(3) {
        0 => element.local = element.local.to_lowercase(),
        1 => element.local.push('X'),
        _ => element.local = (*chance.pick(NAMES)).to_owned(),
    }
}

/// Another prefix, another namespace, or both.
fn namespace(element: &mut Tree, chance: &mut Chance) {
    let uri = (*chance.pick(NAMESPACES)).to_owned();
    match chance.below(5) {
        0 => {
            element.prefix = "q".to_owned();
            declare(element, "xmlns:q", uri);
        }
        1 => {
            element.prefix.clear();
            declare(element, "xmlns", uri);
        }
        2 => declare(element, "xmlns:sr", uri),
        3 => declare(element, "xmlns:unused", uri),
        _ => element.prefix = (*chance.pick(&["", "xs", "nowhere", "xsi"])).to_owned(),
    }
}

fn declare(element: &mut Tree, name: &str, uri: String) {
    element.attributes.retain(|(known, _)| known != name);
    element.attributes.insert(0, (name.to_owned(), uri));
}

fn attribute(element: &mut Tree, chance: &mut Chance) {
    let (name, value) = match chance.below(14) {
        0..=3 => ("xsi:type", right_type(&element.local, chance)),
        4..=5 => ("xsi:type", (*chance.pick(TYPES)).to_owned()),
        6 => ("xsi:nil", (*chance.pick(&["true", "false", "0", "1", "maybe"])).to_owned()),
        7..=8 => ("xsi:schemaLocation", (*chance.pick(&["urn:a b.xsd", "odd", "", "%% %%"])).to_owned()),
        9 => ("xsi:noNamespaceSchemaLocation", "x.xsd".to_owned()),
        10 => (*chance.pick(&["xml:lang", "xml:space", "xml:base", "xml:id"]), "en".to_owned()),
        11 => (*chance.pick(&["sr:schemaVersion", "schemaVersion", "xsi:schemaVersion"]), "5.4".to_owned()),
        12 => (*chance.pick(&["a", "Id", "sr:a", "xsi:a", "xs:a"]), String::new()),
        _ => {
            element.attributes.retain(|(name, _)| name.starts_with("xmlns"));
            return;
        }
    };
    element.attributes.retain(|(known, _)| known != name);
    element.attributes.push((name.to_owned(), value));
}

/// The type that the schema declares for most elements of that name, written in some way.
fn right_type(local: &str, chance: &mut Chance) -> String {
    let declared = match local {
        "DeviceID" | "AssociatedGPFDeviceID" => "EUI",
        "RequestID" | "PrecedingServiceRequestID" => "RequestIDType",
        "MPxN" => "ImportMPxN",
        "FirstInSequence" | "AerialInstall" | "MetalObstructionCheck" => return "xs:boolean".to_owned(),
        "ExecutionDateTime" | "InstallDateTime" | "UserRefDateTime" => return "xs:dateTime".to_owned(),
        "OtherDeviceID" => "EUI",
        "SecondaryImportMPAN" | "ExportMPAN" => "MPAN",
        other => other,
    };
    let spaces = *chance.pick(&["", "", " ", "\n"]);
    format!("{spaces}sr:{declared}{spaces}")
}

/// Something beside the child elements.
fn between(element: &mut Tree, chance: &mut Chance) {
    let markup = *chance.pick(&[
        "<!-- c -->",
        "<?p d?>",
        "\n  ",
        "\t",
        " ",
        "\r\n",
        "&#32;",
        "&#13;",
        "<![CDATA[ ]]>",
        "<![CDATA[]]>",
        "x",
        "&#xA0;",
        "\u{2028}",
        "&#160;<!---->",
        "0",
        "<![CDATA[x]]>",
        "<!--x--> <?y?>",
    ]);
    let at = chance.below(element.parts.len() + 1);
    element.parts.insert(at, Part::Raw(markup.to_owned()));
}

/// Another value.
fn replace(element: &mut Tree, chance: &mut Chance) {
    let value = values::value(&element.local, chance);
    element.parts = if value.is_empty() { Vec::new() } else { vec![Part::Text(value)] };
}

/// A value of some hundred to some ten thousand characters.
fn huge(element: &mut Tree, chance: &mut Chance) {
    let value = (*chance.pick(&["x", "0", " ", "é"])).repeat(*chance.pick(&[100, 5_000, 20_000]));
    let at = chance.below(element.parts.len() + 1);
    element.parts.insert(at, Part::Text(value));
}

/// The same value in pieces, or with something in between.
fn split(element: &mut Tree, chance: &mut Chance) {
    let text = element.parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Raw(_) | Part::Element(_) => String::new(),
    });
    let characters = text.collect::<String>().chars().collect::<Vec<_>>();
    let (before, after) = characters.split_at(chance.below(characters.len() + 1));
    let (before, after) = (before.iter().collect::<String>(), after.iter().collect::<String>());
    let middle = match chance.below(12) {
        0..=2 => "<!-- c -->".to_owned(),
        3 => "<?p d?>".to_owned(),
        4 => "<![CDATA[]]>".to_owned(),
        5..=7 => {
            element.parts = vec![Part::Text(before), Part::Raw(format!("<![CDATA[{after}]]>"))];
            return;
        }
        8..=9 => {
            let references = after.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect();
            element.parts = vec![Part::Text(before), Part::Raw(references)];
            return;
        }
        10 => (*chance.pick(&[" ", "\n", "\t", "&#13;", "&#xA0;", "\u{2009}"])).to_owned(),
        _ => "<sr:b/>".to_owned(),
    };
    element.parts = vec![Part::Text(before), Part::Raw(middle), Part::Text(after)];
}
