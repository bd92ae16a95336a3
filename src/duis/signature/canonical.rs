//! Canonicalisation: turns a document into the bytes that are digested and signed.
//!
//! In: a parsed document. Out: Canonical XML 1.0 (W3C, 15 March 2001) of the whole document, or Exclusive XML
//! Canonicalization 1.0 (W3C, 18 July 2002) of one element, both without comments. The two differ only in the namespace
//! declarations that they write on an element.

use crate::duis::xml::{
    Attribute, Document, Element, Node, NodeId, attribute_reference, push_escaped, text_reference,
};

/// Canonical XML 1.0 of a document.
pub fn inclusive(document: &Document<'_>) -> Vec<u8> {
    let mut output = CanonicalWriter::new(document, Canonicalization::Inclusive);
    for (id, node) in document.nodes() {
        output.write_node(id, node);
    }
    output.text.into_bytes()
}

/// Canonical XML 1.0 of a document without one element. This is the input of the digest: the enveloped-signature transform
/// removes the signature.
pub fn inclusive_without(document: &Document<'_>, skip: NodeId) -> Vec<u8> {
    // Without an element at `skip` nothing is left out.
    let left_out = document.element(skip).map(|element| skip..=element.end);
    let mut output = CanonicalWriter::new(document, Canonicalization::Inclusive);
    for (id, node) in document.nodes() {
        if !left_out.as_ref().is_some_and(|range| range.contains(&id)) {
            output.write_node(id, node);
        }
    }
    output.text.into_bytes()
}

/// Exclusive XML Canonicalization 1.0 of one element, without a list of inclusive prefixes. Empty if `element` is not the id
/// of an element.
pub fn exclusive(document: &Document<'_>, element: NodeId) -> Vec<u8> {
    let Some(Element { end, .. }) = document.element(element) else { return Vec::new() };
    let mut output = CanonicalWriter::new(document, Canonicalization::Exclusive);
    for (id, node) in document.nodes().skip(element.0).take_while(|(id, _)| id <= end) {
        output.write_node(id, node);
    }
    output.text.into_bytes()
}

/// The method of canonicalisation: which namespaces an element declares in the output. A declaration that is already in
/// scope there is never repeated.
#[derive(Clone, Copy)]
enum Canonicalization {
    /// Canonical XML 1.0: those that it declares in the source.
    Inclusive,
    /// Exclusive: those that its own name and the names of its attributes use.
    Exclusive,
}

/// The output buffer, and the namespace scope of what was written so far.
struct CanonicalWriter<'d> {
    document: &'d Document<'d>,
    method: Canonicalization,
    text: String,
    /// The namespace declarations in scope in the output: prefix and name, the innermost last.
    declared: Vec<(&'d str, &'d str)>,
    /// The length of `declared` outside each open element.
    open: Vec<usize>,
}

impl<'d> CanonicalWriter<'d> {
    fn new(document: &'d Document<'d>, method: Canonicalization) -> Self {
        let text = String::with_capacity(document.source().len());
        Self { document, method, text, declared: Vec::new(), open: Vec::new() }
    }

    fn write_node(&mut self, id: NodeId, node: &'d Node<'d>) {
        match node {
            Node::Start(element) => self.start(element),
            Node::End(start) => self.end(*start),
            Node::Text(text) => push_escaped(&mut self.text, text, text_reference),
            Node::Comment => {}
            Node::Instruction(target, data) => self.instruction(id, target, data),
        }
    }

    fn start(&mut self, element: &'d Element<'d>) {
        let outside = self.declared.len();
        self.open.push(outside);
        self.declare(element);
        self.text.push('<');
        self.name(element.prefix, element.local);
        if let Some(fresh) = self.declared.get_mut(outside..) {
            // By prefix, the default namespace first. Prefixes are unique here, so the names never decide.
            fresh.sort_unstable();
            for (prefix, name) in fresh {
                push_declaration(&mut self.text, prefix, name);
            }
        }
        for attribute in sorted(&element.attributes) {
            self.text.push(' ');
            self.name(attribute.prefix, attribute.local);
            push_value(&mut self.text, &attribute.value);
        }
        self.text.push('>');
    }

    fn declare(&mut self, element: &'d Element<'d>) {
        match self.method {
            Canonicalization::Inclusive => {
                for (prefix, name) in &element.declarations {
                    self.declare_one(prefix, name);
                }
            }
            Canonicalization::Exclusive => {
                self.declare_one(element.prefix, &element.namespace);
                for attribute in element.attributes.iter().filter(|attribute| !attribute.prefix.is_empty()) {
                    self.declare_one(attribute.prefix, &attribute.namespace);
                }
            }
        }
    }

    /// Declares a namespace, unless it is already in scope. `xml` is always in scope, and at first no default namespace
    /// is: so `xmlns=""` is written only below an element that has one.
    fn declare_one(&mut self, prefix: &'d str, name: &'d str) {
        let before =
            self.declared.iter().rev().find(|(declared, _)| *declared == prefix).map(|(_, name)| *name);
        let same = before.map_or(prefix.is_empty() && name.is_empty(), |before| before == name);
        if prefix != "xml" && !same {
            self.declared.push((prefix, name));
        }
    }

    fn end(&mut self, start: NodeId) {
        if let Some(outside) = self.open.pop() {
            self.declared.truncate(outside);
        }
        if let Some(element) = self.document.element(start) {
            self.text.push_str("</");
            self.name(element.prefix, element.local);
            self.text.push('>');
        }
    }

    /// Writes a processing instruction, outside the root on a separate line (Canonical XML 1.0, 2.1).
    fn instruction(&mut self, id: NodeId, target: &str, data: &str) {
        let outside = self.open.is_empty();
        if outside && id > self.document.root() {
            self.text.push('\n');
        }
        self.text.push_str("<?");
        self.text.push_str(target);
        if !data.is_empty() {
            self.text.push(' ');
            self.text.push_str(data);
        }
        self.text.push_str("?>");
        if outside && id < self.document.root() {
            self.text.push('\n');
        }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.text.push_str(prefix);
            self.text.push(':');
        }
        self.text.push_str(local);
    }
}

/// Attributes in canonical order: by namespace name, with no namespace first, then by local name. The standard orders by
/// code point, and the byte order of UTF-8 is the same.
fn sorted<'d>(attributes: &'d [Attribute<'d>]) -> Vec<&'d Attribute<'d>> {
    let mut sorted: Vec<_> = attributes.iter().collect();
    sorted.sort_unstable_by_key(|attribute| (&attribute.namespace, attribute.local));
    sorted
}

fn push_declaration(out: &mut String, prefix: &str, name: &str) {
    out.push_str(" xmlns");
    if !prefix.is_empty() {
        out.push(':');
        out.push_str(prefix);
    }
    push_value(out, name);
}

fn push_value(out: &mut String, value: &str) {
    out.push_str("=\"");
    push_escaped(out, value, attribute_reference);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duis::xml::parse;

    fn whole(source: &str) -> String {
        String::from_utf8(inclusive(&parse(source.as_bytes()).unwrap())).unwrap()
    }

    /// Exclusive canonicalisation of the first child element.
    fn first(source: &str) -> String {
        let document = parse(source.as_bytes()).unwrap();
        let (child, _) = document.child_elements(document.root()).next().unwrap();
        String::from_utf8(exclusive(&document, child)).unwrap()
    }

    // The examples of Canonical XML 1.0, chapter 3, as far as they need no DTD.

    #[test]
    fn example_3_1_instructions_comments_and_outside_the_root() {
        let source = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
            <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->";
        let expected = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
            <doc>Hello, world!</doc>\n<?pi-without-data?>";
        assert_eq!(whole(source), expected);
    }

    #[test]
    fn example_3_2_white_space_in_content() {
        let source = "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n</doc>";
        assert_eq!(whole(source), source);
    }

    #[test]
    fn example_3_3_start_and_end_tags() {
        let source = "<doc>\n<e1   />\n<e2   ></e2>\n<e3   name = \"elem3\"   id=\"elem3\"   />\n\
            <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n\
            xmlns:b=\"http://www.ietf.org\"\nxmlns:a=\"http://www.w3.org\"\nxmlns=\"http://example.org\"/>\n\
            <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n<e7 xmlns=\"http://www.ietf.org\">\n\
            <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n<e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n\
            </e8>\n</e7>\n</e6>\n</doc>";
        let expected = "<doc>\n<e1></e1>\n<e2></e2>\n<e3 id=\"elem3\" name=\"elem3\"></e3>\n\
            <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
            attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n\
            <e6 xmlns:a=\"http://www.w3.org\">\n<e7 xmlns=\"http://www.ietf.org\">\n\
            <e8 xmlns=\"\">\n<e9 xmlns:a=\"http://www.ietf.org\"></e9>\n</e8>\n</e7>\n</e6>\n</doc>";
        assert_eq!(whole(source), expected);
    }

    #[test]
    fn example_3_4_character_modifications() {
        let source = "<doc>\r\n<text>First line&#x0d;&#10;Second line</text>\r\n<value>&#x32;</value>\r\n\
            <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\r\n\
            <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\r\n\
            <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\r\n</doc>";
        let expected = "<doc>\n<text>First line&#xD;\nSecond line</text>\n<value>2</value>\n\
            <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n\
            <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n\
            <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>";
        assert_eq!(whole(source), expected);
    }

    #[test]
    fn what_was_declared_already_is_not_declared_again() {
        let source = "<a xmlns='m' xmlns:p='n' xmlns:xml='http://www.w3.org/XML/1998/namespace'>\
            <b xmlns='m' xmlns:p='o' xml:lang='en'><c xmlns:p='n'/><c xmlns:p='o'/></b></a>";
        let expected = "<a xmlns=\"m\" xmlns:p=\"n\"><b xmlns:p=\"o\" xml:lang=\"en\">\
            <c xmlns:p=\"n\"></c><c></c></b></a>";
        assert_eq!(whole(source), expected);
    }

    #[test]
    fn exclusively_only_used_namespaces_are_declared_where_they_are_used_first() {
        let source = "<a xmlns='m' xmlns:p='n' xmlns:q='o' xmlns:r='r' xml:lang='en'>\
            <p:b q:c='d'><e/><p:f/><g xmlns=''><h xmlns='m' q:i='j' xmlns:q='k'/></g></p:b></a>";
        let expected = "<p:b xmlns:p=\"n\" xmlns:q=\"o\" q:c=\"d\"><e xmlns=\"m\"></e><p:f></p:f>\
            <g><h xmlns=\"m\" xmlns:q=\"k\" q:i=\"j\"></h></g></p:b>";
        assert_eq!(first(source), expected);
    }

    #[test]
    fn an_element_without_namespace_says_so_below_one_with() {
        let source = "<a><p:b xmlns:p='n'><c xmlns='m'><d xmlns=''/></c></p:b></a>";
        let expected = "<p:b xmlns:p=\"n\"><c xmlns=\"m\"><d xmlns=\"\"></d></c></p:b>";
        assert_eq!(first(source), expected);
    }

    #[test]
    fn the_skipped_element_leaves_everything_else() {
        let document = parse(b"<?i?><a>\n<b><c/></b>\n<d/></a>").unwrap();
        let (skip, _) = document.child_elements(document.root()).next().unwrap();
        assert_eq!(inclusive_without(&document, skip), b"<?i?>\n<a>\n\n<d></d></a>");
    }

    #[test]
    fn what_is_no_element_has_no_exclusive_form() {
        let document = parse(b"<a>b</a>").unwrap();
        assert_eq!(exclusive(&document, NodeId(1)), b"");
        assert_eq!(exclusive(&document, NodeId(9)), b"");
    }
}
