//! CSPM-N3: from bytes to a [`HubBatch`], exactly as strict as `schemas/csp/n3.xsd` (ours).
//!
//! A message is taken or refused as a whole: one that lacks any parameter of any hub is not taken (MP155-R27).

use std::str::FromStr;

use super::{
    attributes,
    fault::Fault,
    place::place,
    text::{is_blank, trim},
    values::reason,
};
use crate::{
    domain::{CspRegion, HubBatch, HubNotification, Malformed},
    duis::xml::{Document, Element, Flaw, Node, NodeId, NotWellFormed, excerpt, names, parse_at_most},
};

/// Nodes and attributes of a message: the most hubs, laid out and commented upon freely.
const MAX_PARTS: usize = 40 * HubBatch::MAX;

/// The attributes of a hub; each is mandatory.
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

/// Why a message of a CSP is not taken; nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum NoHubBatch {
    /// It is no XML.
    #[error(transparent)]
    NotXml(NotWellFormed),
    /// It is XML, and not what the schema says.
    #[error("{place}: {reason}")]
    Invalid {
        /// The element's path and line, and which hub it is.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It has more in it than one call may carry.
    #[error("{0}; one call carries {max} hubs at most", max = HubBatch::MAX)]
    TooMany(String),
}

impl From<NotWellFormed> for NoHubBatch {
    fn from(fault: NotWellFormed) -> Self {
        let is_the_bound = matches!(fault.flaw, Flaw::TooMany(_, MAX_PARTS));
        if is_the_bound { Self::TooMany(fault.to_string()) } else { Self::NotXml(fault) }
    }
}

/// Decodes a message of a CSP.
///
/// # Errors
/// See [`NoHubBatch`].
pub fn decode_hubs(bytes: &[u8]) -> Result<HubBatch, NoHubBatch> {
    let document = parse_at_most(bytes, MAX_PARTS)?;
    let number = document.child_elements(document.root()).count();
    if number > HubBatch::MAX {
        return Err(NoHubBatch::TooMany(format!("there are {number} hubs")));
    }
    batch(&document).map_err(|(number, Fault { at, reason })| {
        let hub = number.map(|number| format!("hub {number}, ")).unwrap_or_default();
        NoHubBatch::Invalid { place: format!("{hub}{}", place(&document, at)), reason }
    })
}

/// A fault, and the number of the hub that it is in.
type InHub = (Option<usize>, Fault);

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
                return Err(outside(Fault::new(root, "there is text between its elements")));
            }
            Node::Text(_) | Node::Comment | Node::Instruction(..) | Node::End(_) => {}
        }
    }
    if hubs.is_empty() {
        Err(outside(Fault::new(root, "`Hub` is missing")))
    } else {
        Ok(HubBatch { id, hubs })
    }
}

/// The root, whose attribute is the number of the batch.
fn root_of(document: &Document, root: NodeId) -> Result<u64, Fault> {
    let element = document.element(root).filter(|element| element.is(names::N3, "HubNotifications"));
    let wrong = || format!("it is not `HubNotifications` of namespace `{}`", names::N3);
    let element = element.ok_or_else(|| Fault::new(root, wrong()))?;
    only(document, root, element, &["batchId"])?;
    let text = required(root, element, "batchId")?;
    let number = |text: &str| {
        let is_canonical = text == "0" || !text.starts_with(['0', '+', '-']);
        let malformed = || Malformed::new(text, "a number of a batch: 0 to 2^64-1, without leading zeros");
        text.parse().ok().filter(|_| is_canonical).ok_or_else(malformed)
    };
    number(trim(text)).map_err(|malformed| Fault::new(root, reason_of("batchId", text, &malformed)))
}

fn hub(document: &Document, at: NodeId, element: &Element) -> Result<HubNotification, Fault> {
    if !element.is(names::N3, "Hub") {
        let found = excerpt(element.local);
        return Err(Fault::new(
            at,
            format!("`{found}` is not expected here, `Hub` of namespace `{}` is", names::N3),
        ));
    }
    only(document, at, element, &PARAMETERS)?;
    let is_empty = |node: &Node| matches!(node, Node::Comment | Node::Instruction(..));
    if !document.children(at).all(|(_, node)| is_empty(node)) {
        return Err(Fault::new(at, "it must be empty, without as much as whitespace"));
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
        csp_region: text.preserved::<Delivered>("cspRegion")?.0,
        receiving_user: text.collapsed("receivingUser")?,
    })
}

/// The attributes of one hub.
struct Parameters<'d, 'a> {
    at: NodeId,
    element: &'d Element<'a>,
}

impl Parameters<'_, '_> {
    fn collapsed<T: FromStr<Err = Malformed>>(&self, name: &'static str) -> Result<T, Fault> {
        self.value(name, trim(required(self.at, self.element, name)?))
    }

    fn preserved<T: FromStr<Err = Malformed>>(&self, name: &'static str) -> Result<T, Fault> {
        self.value(name, required(self.at, self.element, name)?)
    }

    fn value<T: FromStr<Err = Malformed>>(&self, name: &'static str, text: &str) -> Result<T, Fault> {
        text.parse().map_err(|malformed| Fault::new(self.at, reason_of(name, text, &malformed)))
    }
}

/// A CSP Region that hubs are delivered for: one that has coverage.
struct Delivered(CspRegion);

impl FromStr for Delivered {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let region = CspRegion::WITH_COVERAGE.iter().find(|region| region.as_str() == text);
        let names = || CspRegion::WITH_COVERAGE.iter().map(|region| region.as_str()).collect::<Vec<_>>();
        let malformed =
            || Malformed::new(text, format!("a CSP Region of hubs: one of {}", names().join(", ")));
        region.copied().map(Self).ok_or_else(malformed)
    }
}

/// A value must be there, and must not be empty: that is missing too (MP155-T1).
fn required<'d>(at: NodeId, element: &'d Element, name: &str) -> Result<&'d str, Fault> {
    let found =
        element.attributes.iter().find(|attribute| attribute.namespace.is_empty() && attribute.local == name);
    let missing = |what| Fault::new(at, format!("`{name}` {what}: every parameter is mandatory (MP155-R27)"));
    let value = &*found.ok_or_else(|| missing("is missing"))?.value;
    if value.is_empty() { Err(missing("is empty")) } else { Ok(value) }
}

fn reason_of(name: &str, text: &str, malformed: &Malformed) -> String {
    format!("`{name}`: {}", reason(text, malformed))
}

/// No attribute stands there but these, and those that the schema language allows anywhere.
fn only(document: &Document, at: NodeId, element: &Element, known: &[&str]) -> Result<(), Fault> {
    let is_known = |local: &str| known.contains(&local);
    let others = element.attributes.iter();
    let mut others = others.filter(|attribute| !attribute.namespace.is_empty() || !is_known(attribute.local));
    others.try_for_each(|attribute| attributes::of_instance(document, at, attribute, None))
}
