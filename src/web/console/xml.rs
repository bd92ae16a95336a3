//! XML laid out for people, as a page shows it.

use crate::service::console::{XmlLineValue, XmlPieceValue};

/// Deeper lines are indented no further.
const DEEPEST: usize = 8;

/// A line: its depth, and its pieces with the class that styles each.
#[derive(Clone, Debug)]
pub(super) struct XmlRow {
    pub(super) depth: usize,
    pub(super) pieces: Vec<(&'static str, String)>,
}

impl From<XmlLineValue> for XmlRow {
    fn from(line: XmlLineValue) -> Self {
        let class = |piece: XmlPieceValue| match piece {
            XmlPieceValue::Tag => "tag",
            XmlPieceValue::Attribute => "attribute",
            XmlPieceValue::Value => "value",
            XmlPieceValue::Text => "content",
            XmlPieceValue::Folded => "folded",
        };
        Self {
            depth: line.depth.min(DEEPEST),
            pieces: line.pieces.into_iter().map(|(piece, text)| (class(piece), text)).collect(),
        }
    }
}

/// The lines of a message.
pub(super) fn rows(lines: Vec<XmlLineValue>) -> Vec<XmlRow> {
    lines.into_iter().map(XmlRow::from).collect()
}
