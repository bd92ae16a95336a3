//! The decoder of CSPM-N3: from bytes to a [`HubBatch`], exactly as strict as `schemas/csp/n3.xsd` (ours).
//!
//! A batch is accepted or refused as a whole: one missing parameter of one hub refuses it all (MP155-R27).

use std::str::FromStr;

use super::{
    attributes,
    location::location,
    schema_fault::SchemaFault,
    text::{is_blank, trim},
    values::reason,
};
use crate::{
    domain::{CspRegion, HubBatch, HubNotification, Malformed},
    duis::xml::{Document, Element, Flaw, Node, NodeId, NotWellFormed, excerpt, names, parse_at_most},
};

/// The limit of nodes and attributes of a message. A hub has 10 attributes and 2 nodes; 40 leave space for layout,
/// comments and namespace declarations.
const MAX_PARTS: usize = 40 * HubBatch::MAX;

/// The attributes of a hub, all mandatory.
const PARAMETERS: [&str; 10] = [
    "chfDeviceId",
    "gpfDeviceId",
    "manufacturer",
    "model",
    "firmwareVersion",
    "chtsVersion",
    "gbcsVersion",
    "hanVariant",
    "cspRegion",
    "receivingUser",
];

/// Why a batch of hubs cannot be decoded. No hub of it is used then.
#[derive(Debug, thiserror::Error)]
pub enum HubBatchFault {
    /// It is not well-formed XML.
    #[error(transparent)]
    NotXml(NotWellFormed),
    /// It breaks the schema.
    #[error("{location}: {reason}")]
    Invalid {
        /// The path and line of the element, and the number of its hub.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It has more hubs, nodes or attributes than one call may carry.
    #[error("{0}; one call carries {max} hubs at most", max = HubBatch::MAX)]
    TooMany(String),
}

impl From<NotWellFormed> for HubBatchFault {
    fn from(fault: NotWellFormed) -> Self {
        // Only this one bound means too many hubs; the parser's other bounds mean hostile XML.
        let is_the_bound = matches!(fault.flaw, Flaw::TooMany(_, MAX_PARTS));
        if is_the_bound { Self::TooMany(fault.to_string()) } else { Self::NotXml(fault) }
    }
}

/// Decodes a batch of hubs that a CSP sent.
///
/// # Errors
/// See [`HubBatchFault`].
pub fn decode_hubs(bytes: &[u8]) -> Result<HubBatch, HubBatchFault> {
    let document = parse_at_most(bytes, MAX_PARTS)?;
    // Counted before any hub is decoded, so that an oversized batch costs little.
    let number = document.child_elements(document.root()).count();
    if number > HubBatch::MAX {
        return Err(HubBatchFault::TooMany(format!("there are {number} hubs")));
    }
    batch(&document).map_err(|(number, SchemaFault { at, reason })| {
        let hub = number.map(|number| format!("hub {number}, ")).unwrap_or_default();
        HubBatchFault::Invalid { location: format!("{hub}{}", location(&document, at)), reason }
    })
}

/// A fault, and the number of its hub, counted from 1; `None` outside all hubs.
type InHub = (Option<usize>, SchemaFault);

fn batch(document: &Document) -> Result<HubBatch, InHub> {
    let outside = |fault| (None, fault);
    let root = document.root();
    let id = root_of(document, root).map_err(outside)?;
    let mut hubs = Vec::new();
    for (at, node) in document.children(root) {
        match node {
            Node::Start(element) => {
                let number = hubs.len() + 1;
                hubs.push(hub(document, at, element).map_err(|fault| (Some(number), fault))?);
            }
            Node::Text(text) if !is_blank(text) => {
                return Err(outside(SchemaFault::new(root, "there is text between its elements")));
            }
            Node::Text(_) | Node::Comment | Node::Instruction(..) | Node::End(_) => {}
        }
    }
    if hubs.is_empty() {
        Err(outside(SchemaFault::new(root, "`Hub` is missing")))
    } else {
        Ok(HubBatch { id, hubs })
    }
}

/// Checks the root and reads `batchId`.
fn root_of(document: &Document, root: NodeId) -> Result<u64, SchemaFault> {
    let element = document.element(root).filter(|element| element.is(names::N3, "HubNotifications"));
    let wrong = || format!("it is not `HubNotifications` of namespace `{}`", names::N3);
    let element = element.ok_or_else(|| SchemaFault::new(root, wrong()))?;
    check_attributes(document, root, element, &["batchId"])?;
    let text = required(root, element, "batchId")?;
    let number = |text: &str| {
        // As strict as the schema, which allows one spelling of each number.
        let is_canonical = text == "0" || !text.starts_with(['0', '+', '-']);
        let malformed = || Malformed::new(text, "a number of a batch: 0 to 2^64-1, without leading zeros");
        text.parse().ok().filter(|_| is_canonical).ok_or_else(malformed)
    };
    number(trim(text)).map_err(|malformed| SchemaFault::new(root, reason_of("batchId", text, &malformed)))
}

fn hub(document: &Document, at: NodeId, element: &Element) -> Result<HubNotification, SchemaFault> {
    if !element.is(names::N3, "Hub") {
        let found = excerpt(element.local);
        return Err(SchemaFault::new(
            at,
            format!("`{found}` is not expected here, `Hub` of namespace `{}` is", names::N3),
        ));
    }
    check_attributes(document, at, element, &PARAMETERS)?;
    let is_empty = |node: &Node| matches!(node, Node::Comment | Node::Instruction(..));
    if !document.children(at).all(|(_, node)| is_empty(node)) {
        return Err(SchemaFault::new(at, "it must be empty, without as much as whitespace"));
    }
    let text = Parameters { at, element };
    Ok(HubNotification {
        chf: text.collapsed("chfDeviceId")?,
        gpf: text.collapsed("gpfDeviceId")?,
        manufacturer: text.preserved("manufacturer")?,
        model: text.preserved("model")?,
        firmware_version: text.preserved("firmwareVersion")?,
        chts_version: text.preserved("chtsVersion")?,
        gbcs_version: text.preserved("gbcsVersion")?,
        han_variant: text.preserved("hanVariant")?,
        csp_region: text.preserved::<CoveredRegion>("cspRegion")?.0,
        receiving_user: text.collapsed("receivingUser")?,
    })
}

/// The attributes of one hub, read by name.
struct Parameters<'d, 'a> {
    at: NodeId,
    element: &'d Element<'a>,
}

impl Parameters<'_, '_> {
    fn collapsed<T: FromStr<Err = Malformed>>(&self, name: &'static str) -> Result<T, SchemaFault> {
        self.value(name, trim(required(self.at, self.element, name)?))
    }

    fn preserved<T: FromStr<Err = Malformed>>(&self, name: &'static str) -> Result<T, SchemaFault> {
        self.value(name, required(self.at, self.element, name)?)
    }

    fn value<T: FromStr<Err = Malformed>>(&self, name: &'static str, text: &str) -> Result<T, SchemaFault> {
        text.parse().map_err(|malformed| SchemaFault::new(self.at, reason_of(name, text, &malformed)))
    }
}

/// A CSP Region that hubs can be notified for: one with coverage.
struct CoveredRegion(CspRegion);

impl FromStr for CoveredRegion {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let region = CspRegion::WITH_COVERAGE.iter().find(|region| region.as_str() == text);
        let names = || CspRegion::WITH_COVERAGE.iter().map(|region| region.as_str()).collect::<Vec<_>>();
        let malformed =
            || Malformed::new(text, format!("a CSP Region of hubs: one of {}", names().join(", ")));
        region.copied().map(Self).ok_or_else(malformed)
    }
}

/// The value of a mandatory attribute. An empty value counts as missing (MP155-T1).
fn required<'d>(at: NodeId, element: &'d Element, name: &str) -> Result<&'d str, SchemaFault> {
    let found =
        element.attributes.iter().find(|attribute| attribute.namespace.is_empty() && attribute.local == name);
    let missing =
        |what| SchemaFault::new(at, format!("`{name}` {what}: every parameter is mandatory (MP155-R27)"));
    let value = &*found.ok_or_else(|| missing("is missing"))?.value;
    if value.is_empty() { Err(missing("is empty")) } else { Ok(value) }
}

fn reason_of(name: &str, text: &str, malformed: &Malformed) -> String {
    format!("`{name}`: {}", reason(text, malformed))
}

/// Refuses attributes other than the known ones and those that the schema language allows on every element.
fn check_attributes(
    document: &Document,
    at: NodeId,
    element: &Element,
    known: &[&str],
) -> Result<(), SchemaFault> {
    let is_known = |local: &str| known.contains(&local);
    let others = element.attributes.iter();
    let mut others = others.filter(|attribute| !attribute.namespace.is_empty() || !is_known(attribute.local));
    others.try_for_each(|attribute| attributes::check_attribute(document, at, attribute, None))
}
