//! Normalised answers for comparison: one element a line, fixed prefixes, and values that differ from run to run masked.
//!
//! Masked are the ResponseDateTime, the counter of the RequestID, and the signature, which the client verified before.
//! The text of an element without child elements is kept to the last space; white space around elements is dropped.

use crate::duis::xml::{
    self, Document, Element, Node, NodeId, NotWellFormed, escape_attribute, escape_text,
    names::{DUIS, XML, XMLDSIG, XSI},
};

/// Normalises an answer for comparison.
///
/// # Errors
/// When it is not XML.
pub fn masked(answer: &str) -> Result<String, NotWellFormed> {
    let document = xml::parse(answer.as_bytes())?;
    let mut lines = MaskedLines { document: &document, text: String::with_capacity(answer.len()) };
    lines.element(document.root(), 0);
    Ok(lines.text)
}

struct MaskedLines<'a> {
    document: &'a Document<'a>,
    text: String,
}

impl MaskedLines<'_> {
    fn element(&mut self, id: NodeId, depth: usize) {
        let document = self.document;
        let Some(element) = document.element(id) else { return };
        if element.is(XMLDSIG, "Signature") {
            return self.line(depth, "[signature]");
        }
        let name = name(element.prefix, element.local, &element.namespace);
        let open = format!("{name}{}", attributes(element));
        let mut children = document.child_elements(id).peekable();
        if children.peek().is_some() {
            self.line(depth, &format!("<{open}>"));
            children.for_each(|(child, _)| self.element(child, depth + 1));
            self.line(depth, &format!("</{name}>"));
        } else {
            let text = value(element, &text_of(document, id));
            self.line(depth, &format!("<{open}>{}</{name}>", escape_text(&text)));
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn text_of(document: &Document<'_>, id: NodeId) -> String {
    let pieces = document.children(id).filter_map(|(_, node)| match node {
        Node::Text(text) => Some(&**text),
        Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
    });
    pieces.collect()
}

/// The text of an element, masked where it differs from run to run.
fn value(element: &Element<'_>, text: &str) -> String {
    if element.is(DUIS, "ResponseDateTime") {
        return "[time]".to_owned();
    }
    match text.rsplit_once(':') {
        Some((parties, _)) if element.is(DUIS, "RequestID") => format!("{parties}:[counter]"),
        Some(_) | None => text.to_owned(),
    }
}

/// The name with the usual prefix of its namespace, whatever prefix the answer uses.
fn name(prefix: &str, local: &str, namespace: &str) -> String {
    match namespace {
        "" => local.to_owned(),
        DUIS => format!("sr:{local}"),
        XMLDSIG => format!("ds:{local}"),
        XSI => format!("xsi:{local}"),
        XML => format!("xml:{local}"),
        _ if prefix.is_empty() => local.to_owned(),
        _ => format!("{prefix}:{local}"),
    }
}

fn attributes(element: &Element<'_>) -> String {
    let one = |attribute: &xml::Attribute<'_>| {
        let name = name(attribute.prefix, attribute.local, &attribute.namespace);
        format!(" {name}=\"{}\"", escape_attribute(&attribute.value))
    };
    let mut all = element.attributes.iter().map(one).collect::<Vec<_>>();
    all.sort();
    all.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_prefixes_go_and_a_space_that_is_data_stays() {
        let one = "<sr:Response xmlns:sr='http://www.dccinterface.co.uk/ServiceUserGateway' schemaVersion='5.4'>\
            <sr:Header><sr:RequestID>A:B:17</sr:RequestID><sr:ResponseDateTime>now</sr:ResponseDateTime></sr:Header>\
            <sr:WANTechnology> </sr:WANTechnology>\
            <ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X/></ds:Signature></sr:Response>";
        let other = one
            .replace("sr:", "")
            .replace("xmlns:sr", "xmlns")
            .replace(":17", ":18")
            .replace("><", ">\n<")
            .replace("<WANTechnology>\n", "<WANTechnology>");
        insta::assert_snapshot!(masked(one).unwrap(), @r#"
        <sr:Response schemaVersion="5.4">
          <sr:Header>
            <sr:RequestID>A:B:[counter]</sr:RequestID>
            <sr:ResponseDateTime>[time]</sr:ResponseDateTime>
          </sr:Header>
          <sr:WANTechnology> </sr:WANTechnology>
          [signature]
        </sr:Response>
        "#);
        assert_eq!(masked(&other).unwrap(), masked(one).unwrap());
        assert_ne!(masked(&one.replace("> <", "><")).unwrap(), masked(one).unwrap());
    }
}
