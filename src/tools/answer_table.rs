//! The list in an answer as a table: the Devices of an SR 8.2, the CSP Regions of an SR 12.1.

use std::fmt;

use crate::{
    domain::escape_invisible,
    duis::xml::{self, Document, Element, Node, NodeId, names::DUIS},
};

/// A table in columns as wide as they need be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerTable {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// A column: its heading, and the elements that its values come from, joined where there are several.
type Column = (&'static str, &'static [&'static str]);

const DEVICES: &[Column] = &[
    ("Device", &["DeviceID"]),
    ("type", &["DeviceType"]),
    ("status", &["DeviceStatus"]),
    ("model", &["DeviceManufacturer", "DeviceModel"]),
    ("firmware", &["DeviceFirmwareVersion"]),
    ("CPL", &["CPLStatus"]),
    ("variant", &["ESMEVariant"]),
    ("MPxN", &["ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"]),
];

const REGIONS: &[Column] = &[
    ("region", &["CSPRegion"]),
    ("code", &["CSPRegionResponseCode"]),
    ("coverage", &["CoverageAvailability"]),
    ("from", &["AnticipatedCoverageDate"]),
    ("technology", &["WANTechnology"]),
    ("likelihood", &["ConnectivityLikelihood"]),
    ("auxiliary equipment", &["AuxiliaryEquipmentRequired"]),
    ("information", &["AdditionalInformation"]),
];

impl AnswerTable {
    /// The table of an answer, where it has a list.
    pub fn of(answer: &str) -> Option<Self> {
        let document = xml::parse(answer.as_bytes()).ok()?;
        let elements = |local: &str| {
            let all = document.nodes().filter(|(_, node)| is(node, local));
            all.map(|(id, _)| id).collect::<Vec<_>>()
        };
        // Before 5.3 an answer has one region, in the matrix itself.
        let (devices, listed, single) =
            (elements("Device"), elements("DSPWANMatrixResponse"), elements("DSPWANMatrix"));
        let lists = [(DEVICES, devices), (REGIONS, listed), (REGIONS, single)];
        let (columns, records) = lists.into_iter().find(|(_, records)| !records.is_empty())?;
        Some(Self::with(&document, columns, &records))
    }

    fn with(document: &Document<'_>, columns: &[Column], records: &[NodeId]) -> Self {
        let cell = |record: NodeId, names: &[&str]| {
            let texts = names.iter().filter_map(|name| text(document, record, name));
            texts.collect::<Vec<_>>().join(" ")
        };
        // A column without a value would only take up room.
        let used = columns
            .iter()
            .filter(|(_, names)| records.iter().any(|record| !cell(*record, names).is_empty()))
            .collect::<Vec<_>>();
        let row = |record: &NodeId| used.iter().map(|(_, names)| cell(*record, names)).collect();
        Self {
            header: used.iter().map(|(heading, _)| *heading).collect(),
            rows: records.iter().map(row).collect(),
        }
    }
}

fn is(node: &Node<'_>, local: &str) -> bool {
    match node {
        Node::Start(element) => element.is(DUIS, local),
        Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => false,
    }
}

/// The text of a record's child element, for people: one space as technology means that it is unknown (MP106-R3).
fn text(document: &Document<'_>, record: NodeId, local: &str) -> Option<String> {
    let (id, _) = document
        .child_elements(record)
        .find(|(_, element): &(NodeId, &Element<'_>)| element.is(DUIS, local))?;
    let pieces = document.children(id).filter_map(|(_, node)| match node {
        Node::Text(text) => Some(&**text),
        Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
    });
    match pieces.collect::<String>().as_str() {
        " " if local == "WANTechnology" => Some("Unknown (one space)".to_owned()),
        text => Some(escape_invisible(text.trim())),
    }
}

impl fmt::Display for AnswerTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header.iter().map(|heading| (*heading).to_owned()).collect();
        let lines = || std::iter::once(&header).chain(&self.rows);
        let width = |column: usize| {
            lines().filter_map(|line: &Vec<String>| line.get(column)).map(|cell| cell.chars().count()).max()
        };
        for line in lines() {
            let cells = line.iter().enumerate().map(|(column, cell)| {
                let width = width(column).unwrap_or_default();
                format!("{cell:width$}")
            });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(body: &str) -> String {
        let answer = format!(
            "<Response xmlns='{DUIS}'><Body><ResponseMessage>{body}</ResponseMessage></Body></Response>"
        );
        AnswerTable::of(&answer).map_or_else(|| "no table".to_owned(), |table| table.to_string())
    }

    #[test]
    fn the_devices_of_an_inventory_have_a_row_each() {
        let device = |id: &str, kind: &str, more: &str| {
            format!(
                "<Device><DeviceID>{id}</DeviceID><DeviceType>{kind}</DeviceType>\
                <DeviceManufacturer>AB01</DeviceManufacturer><DeviceModel>010A030B</DeviceModel>{more}</Device>"
            )
        };
        let meter = "<ImportMPxN>1012345678901</ImportMPxN><ExportMPAN>1012345678902</ExportMPAN><ESMEVariant>ADE</ESMEVariant>";
        insta::assert_snapshot!(table(&format!(
            "<DSPInventory>{}{}</DSPInventory>",
            device("00-DB-12-34-56-78-90-A0", "ESME", meter),
            device("00-DB-12-34-56-78-90-C0", "CHF", "<DeviceStatus>Commiss\u{a0}ioned</DeviceStatus>"),
        )), @r"
        Device                   type  status              model          variant  MPxN
        00-DB-12-34-56-78-90-A0  ESME                      AB01 010A030B  ADE      1012345678901 1012345678902
        00-DB-12-34-56-78-90-C0  CHF   Commiss\u{a0}ioned  AB01 010A030B
        ");
    }

    #[test]
    fn the_regions_of_a_wan_matrix_have_a_row_each() {
        let region = |name: &str, technology: &str| {
            format!(
                "<CSPRegion>{name}</CSPRegion><CSPRegionResponseCode>I0</CSPRegionResponseCode>\
                <CoverageAvailability>true</CoverageAvailability><WANTechnology>{technology}</WANTechnology>"
            )
        };
        let listed = [("North", "420"), ("Central", " ")].map(|(name, technology)| {
            format!("<DSPWANMatrixResponse>{}</DSPWANMatrixResponse>", region(name, technology))
        });
        insta::assert_snapshot!(table(&format!("<DSPWANMatrix>{}</DSPWANMatrix>", listed.concat())), @r"
        region   code  coverage  technology
        North    I0    true      420
        Central  I0    true      Unknown (one space)
        ");
        insta::assert_snapshot!(table(&format!("<DSPWANMatrix>{}</DSPWANMatrix>", region("South", "Cellular"))), @r"
        region  code  coverage  technology
        South   I0    true      Cellular
        ");
    }

    #[test]
    fn other_answers_have_none() {
        assert_eq!(table("<ServiceReference>8.4</ServiceReference>"), "no table");
    }
}
