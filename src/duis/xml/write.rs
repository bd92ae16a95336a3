//! The compact writer: writes a parsed document without layout.
//!
//! The output has no comments, no XML declaration and no white space between elements; values are unchanged. Smart DCC's
//! signing tool strips such white space before it verifies, so a document must not have any when it is signed.

use super::{
    Document, Element, Node, NodeId,
    escape::{escape_attribute, escape_text},
};

/// Writes a document compactly, and leaves out the element `without` if one is given.
pub fn compact(document: &Document<'_>, without: Option<NodeId>) -> String {
    let mut output = CompactWriter { text: String::with_capacity(document.source().len()), tag_open: false };
    let left_out = without.and_then(|id| Some(id..=document.element(id)?.end));
    let is_left_out = |id: NodeId| left_out.as_ref().is_some_and(|range| range.contains(&id));
    // One entry for each open element: whether its text is only layout.
    let mut layout: Vec<bool> = Vec::new();
    for (id, node) in document.nodes().filter(|(id, _)| !is_left_out(*id)) {
        match node {
            Node::Start(element) => {
                layout.push(has_only_layout(document, id));
                output.start(element);
            }
            Node::End(start) => {
                layout.pop();
                output.end(document.element(*start));
            }
            Node::Text(text) if layout.last() == Some(&false) => output.content(&escape_text(text)),
            Node::Text(_) | Node::Comment => {}
            Node::Instruction(target, data) if data.is_empty() => output.content(&format!("<?{target}?>")),
            Node::Instruction(target, data) => output.content(&format!("<?{target} {data}?>")),
        }
    }
    output.text
}

/// Whether an element has child elements and no text but white space. An element with text only keeps all of it: a value
/// may be blank.
fn has_only_layout(document: &Document<'_>, parent: NodeId) -> bool {
    let mut elements = false;
    for (_, node) in document.children(parent) {
        match node {
            Node::Start(_) => elements = true,
            Node::Text(text) if !text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) => {
                return false;
            }
            Node::Text(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => {}
        }
    }
    elements
}

/// The output buffer.
struct CompactWriter {
    text: String,
    /// Whether the last start tag still lacks its `>` or `/>`, which depends on what follows.
    tag_open: bool,
}

impl CompactWriter {
    fn start(&mut self, element: &Element<'_>) {
        self.content("<");
        self.name(element.prefix, element.local);
        for (prefix, name) in &element.declarations {
            self.text.push(' ');
            let (prefix, local) = if prefix.is_empty() { ("", "xmlns") } else { ("xmlns", *prefix) };
            self.attribute(prefix, local, name);
        }
        for attribute in &element.attributes {
            self.text.push(' ');
            self.attribute(attribute.prefix, attribute.local, &attribute.value);
        }
        self.tag_open = true;
    }

    fn end(&mut self, element: Option<&Element<'_>>) {
        if std::mem::take(&mut self.tag_open) {
            self.text.push_str("/>");
        } else if let Some(element) = element {
            self.text.push_str("</");
            self.name(element.prefix, element.local);
            self.text.push('>');
        }
    }

    fn content(&mut self, text: &str) {
        if std::mem::take(&mut self.tag_open) {
            self.text.push('>');
        }
        self.text.push_str(text);
    }

    fn attribute(&mut self, prefix: &str, local: &str, value: &str) {
        self.name(prefix, local);
        self.text.push_str("=\"");
        self.text.push_str(&escape_attribute(value));
        self.text.push('"');
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.text.push_str(prefix);
            self.text.push(':');
        }
        self.text.push_str(local);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duis::xml::parse;

    fn compacted(source: &str) -> String {
        compact(&parse(source.as_bytes()).unwrap(), None)
    }

    #[test]
    fn layout_goes_and_values_stay() {
        let source = "<?xml version='1.0'?>\n<?i d?>\n<a>\n\t<!-- c -->\n <b> </b>\r\n<c> x <!-- c --> y </c><d/><e></e>&#10;\n</a>\n";
        assert_eq!(compacted(source), "<?i d?><a><b> </b><c> x  y </c><d/><e/></a>");
    }

    #[test]
    fn mixed_content_is_left_alone() {
        assert_eq!(compacted("<a> b <c/> <d/> </a>"), "<a> b <c/> <d/> </a>");
    }

    #[test]
    fn names_declarations_and_references_are_written_so_that_they_read_the_same() {
        let source = "<p:a xmlns:p='&amp;' xmlns='m' p:b='&lt;&#10;&quot;' c='d'><e xmlns=''>&#13;&amp;<![CDATA[<]]>]]&gt;<?i?></e></p:a>";
        let expected = "<p:a xmlns:p=\"&amp;\" xmlns=\"m\" p:b=\"&lt;&#xA;&quot;\" c=\"d\">\
            <e xmlns=\"\">&#xD;&amp;&lt;]]&gt;<?i?></e></p:a>";
        assert_eq!(compacted(source), expected);
        assert_eq!(compacted(expected), expected);
    }

    #[test]
    fn one_element_is_left_out() {
        let document = parse(b"<a>\n <b>1</b>\n <c>2<d/></c>\n</a>").unwrap();
        let (last, _) = document.child_elements(document.root()).last().unwrap();
        assert_eq!(compact(&document, Some(last)), "<a><b>1</b></a>");
    }
}
