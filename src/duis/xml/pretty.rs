//! XML laid out for people: an element a line, indented, and the signature folded into one line.
//!
//! In: a message as it was sent or received. Out: lines of classified pieces, which a terminal colours and a page styles.
//! What others wrote is escaped where a terminal or a reader would be misled by it.

use std::fmt;

use super::{
    Attribute, Document, Element, Node, NodeId, NotWellFormed, escape_attribute, escape_text, names::XMLDSIG,
    parse,
};
use crate::domain::escape_invisible;

/// A line: how deep its element lies, and its pieces from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The number of elements around it.
    pub depth: usize,
    /// Its pieces.
    pub pieces: Vec<(Piece, String)>,
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A tag's brackets and name.
    Tag,
    /// The name of an attribute.
    Attribute,
    /// The value of an attribute.
    Value,
    /// The text of an element.
    Text,
    /// A note in place of what is folded.
    Folded,
}

/// Lays out a message.
///
/// # Errors
/// When it is not XML.
pub fn pretty(message: &str) -> Result<Vec<Line>, NotWellFormed> {
    let document = parse(message.as_bytes())?;
    let mut layout = Layout { document: &document, lines: Vec::new() };
    layout.element(document.root(), 0);
    Ok(layout.lines)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:1$}", "", self.depth * 2)?;
        self.pieces.iter().try_for_each(|(_, text)| f.write_str(text))
    }
}

struct Layout<'a> {
    document: &'a Document<'a>,
    lines: Vec<Line>,
}

impl Layout<'_> {
    fn element(&mut self, id: NodeId, depth: usize) {
        let document = self.document;
        let Some(element) = document.element(id) else { return };
        if element.is(XMLDSIG, "Signature") {
            return self.line(depth, vec![(Piece::Folded, folded(document, id))]);
        }
        let name = name(element.prefix, element.local);
        let mut pieces = opening(element, &name);
        let mut children = document.child_elements(id).peekable();
        let text = text_of(document, id);
        if children.peek().is_some() {
            pieces.push((Piece::Tag, ">".to_owned()));
            self.line(depth, pieces);
            if !text.trim().is_empty() {
                self.line(depth + 1, vec![(Piece::Text, shown(text.trim()))]);
            }
            children.for_each(|(child, _)| self.element(child, depth + 1));
            self.line(depth, vec![(Piece::Tag, format!("</{name}>"))]);
        } else if text.is_empty() {
            pieces.push((Piece::Tag, "/>".to_owned()));
            self.line(depth, pieces);
        } else {
            pieces.push((Piece::Tag, ">".to_owned()));
            pieces.push((Piece::Text, shown(&text)));
            pieces.push((Piece::Tag, format!("</{name}>")));
            self.line(depth, pieces);
        }
    }

    fn line(&mut self, depth: usize, pieces: Vec<(Piece, String)>) {
        self.lines.push(Line { depth, pieces });
    }
}

fn shown(text: &str) -> String {
    escape_invisible(&escape_text(text))
}

fn opening(element: &Element<'_>, name: &str) -> Vec<(Piece, String)> {
    let mut pieces = vec![(Piece::Tag, format!("<{name}"))];
    let mut attribute = |name: String, value: &str| {
        pieces.push((Piece::Attribute, format!(" {name}=")));
        pieces.push((Piece::Value, format!("\"{}\"", escape_invisible(&escape_attribute(value)))));
    };
    for (prefix, value) in &element.declarations {
        let declared = if prefix.is_empty() {
            "xmlns".to_owned()
        } else {
            format!("xmlns:{}", escape_invisible(prefix))
        };
        attribute(declared, value);
    }
    for Attribute { prefix, local, value, .. } in &element.attributes {
        attribute(self::name(prefix, local), value);
    }
    pieces
}

fn name(prefix: &str, local: &str) -> String {
    let (prefix, local) = (escape_invisible(prefix), escape_invisible(local));
    if prefix.is_empty() { local } else { format!("{prefix}:{local}") }
}

/// The certificate that a signature names; the rest is of use to programs alone.
fn folded(document: &Document<'_>, signature: NodeId) -> String {
    let Some(element) = document.element(signature) else { return String::new() };
    let text_in = |local: &str| {
        let mut inside = document.nodes().filter(|(id, _)| (signature..=element.end).contains(id));
        let found = inside.find(|(_, node)| match node {
            Node::Start(element) => element.is(XMLDSIG, local),
            Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => false,
        });
        found.map(|(id, _)| escape_invisible(text_of(document, id).trim()))
    };
    match (text_in("X509IssuerName"), text_in("X509SerialNumber")) {
        (Some(issuer), Some(serial)) => format!("[signature by the certificate {serial} of {issuer}]"),
        (Some(_), None) | (None, _) => "[signature]".to_owned(),
    }
}

/// The text of an element itself, without that of its child elements.
fn text_of(document: &Document<'_>, id: NodeId) -> String {
    let pieces = document.children(id).filter_map(|(_, node)| match node {
        Node::Text(text) => Some(&**text),
        Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(message: &str) -> String {
        pretty(message).unwrap().iter().map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn an_element_has_a_line_and_a_signature_one() {
        let ds = XMLDSIG;
        insta::assert_snapshot!(laid_out(&format!(
            "<?xml version='1.0'?><sr:R xmlns:sr='urn:x' xmlns:ds='{ds}' v='1&lt;'><sr:A>a &amp; b</sr:A><sr:B/><!-- c -->\
             <sr:C> <sr:W> </sr:W></sr:C><ds:Signature><ds:X509IssuerName>CN=Z1,OU=07</ds:X509IssuerName>\
             <ds:X509SerialNumber>17</ds:X509SerialNumber></ds:Signature></sr:R>"
        )), @r#"
        <sr:R xmlns:sr="urn:x" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" v="1&lt;">
          <sr:A>a &amp; b</sr:A>
          <sr:B/>
          <sr:C>
            <sr:W> </sr:W>
          </sr:C>
          [signature by the certificate 17 of CN=Z1,OU=07]
        </sr:R>
        "#);
        assert_eq!(laid_out(&format!("<Signature xmlns='{ds}'/>")), "[signature]\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(
            laid_out("<a b='&#x9b;&#xa0;'>x&#x85;y\n<b/></a>"),
            "<a b=\"\\u{9b}\\u{a0}\">\n  x\\u{85}y\n  <b/>\n</a>\n"
        );
    }
}
