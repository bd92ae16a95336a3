//! From bytes to nodes, one event after the other.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::flaw::{Fault, Flaw, NotWellFormed, Piece, quoted};
use super::scope::Scope;
use super::tag::Tag;
use super::text::{SPACE, check_characters, is_name, line_ends, resolve};
use super::{MAX_DEPTH, MAX_PARTS};
use crate::xml::{Document, Node, NodeId};

const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Reads a document; strict, bounded and without recursion.
///
/// # Errors
/// The first flaw, with its place, if the bytes are not well-formed UTF-8 XML without a document type declaration, or
/// exceed a bound.
pub fn parse(bytes: &[u8]) -> Result<Document<'_>, NotWellFormed> {
    parse_at_most(bytes, MAX_PARTS)
}

/// The same, for messages that may have more nodes, attributes and declarations than those of DUIS.
///
/// # Errors
/// As [`parse`].
pub fn parse_at_most(bytes: &[u8], max_parts: usize) -> Result<Document<'_>, NotWellFormed> {
    let text = decode(bytes)?;
    let source = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let document = Walk::new(source, max_parts).run();
    document.map_err(|fault| fault.placed(source, text.len() - source.len()))
}

fn decode(bytes: &[u8]) -> Result<&str, NotWellFormed> {
    str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).and_then(|good| str::from_utf8(good).ok());
        Fault { at: error.valid_up_to(), flaw: Flaw::NotUtf8 }.placed(good.unwrap_or_default(), 0)
    })
}

struct Walk<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    nodes: Vec<Node<'a>>,
    root: Option<NodeId>,
    open: Vec<Open>,
    scope: Scope<'a>,
    /// How many nodes, attributes and declarations there are.
    parts: usize,
    /// And how many there may be.
    max_parts: usize,
}

/// An element whose end is still to come.
struct Open {
    id: NodeId,
    /// The namespace declarations in force outside it.
    scope: usize,
}

impl<'a> Walk<'a> {
    fn new(source: &'a str, max_parts: usize) -> Self {
        let reader = Reader::from_str(source);
        Self {
            source,
            reader,
            nodes: Vec::new(),
            root: None,
            open: Vec::new(),
            scope: Scope::new(),
            parts: 0,
            max_parts,
        }
    }

    fn run(mut self) -> Result<Document<'a>, Fault> {
        check_characters(self.source)?;
        // quick-xml would quietly skip a second one.
        if self.source.starts_with(BYTE_ORDER_MARK) {
            return Err(Fault { at: 0, flaw: Flaw::TextOutside });
        }
        while self.step()? {}
        self.finish()
    }

    /// Takes one piece of markup or text; false at the end.
    fn step(&mut self) -> Result<bool, Fault> {
        let at = self.position();
        let event = self.reader.read_event();
        let piece = Piece { text: self.source.get(at..self.position()).unwrap_or_default(), at };
        match event.map_err(|error| self.syntax(at, &error))? {
            Event::Start(_) => self.start(piece, ">")?,
            Event::Empty(_) => {
                self.start(piece, "/>")?;
                self.end(piece)?;
            }
            Event::End(_) => self.end(piece)?,
            Event::Text(_) => self.text(piece)?,
            Event::GeneralRef(_) => self.reference(piece)?,
            Event::CData(_) => self.section(piece)?,
            Event::Comment(_) => self.comment(piece)?,
            Event::PI(_) => self.instruction(piece)?,
            Event::Decl(_) => declaration(piece)?,
            Event::DocType(_) => return Err(piece.fault(Flaw::DocumentType)),
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn syntax(&self, at: usize, error: &quick_xml::Error) -> Fault {
        let rest = self.source.get(at..).unwrap_or_default();
        let flaw = if rest.starts_with("<!DOCTYPE") {
            Flaw::DocumentType
        } else {
            Flaw::Syntax(quoted(&error.to_string()))
        };
        Fault { at, flaw }
    }

    fn finish(self) -> Result<Document<'a>, Fault> {
        let at = self.source.len();
        if let Some(Node::Start(element)) = self.open.last().and_then(|open| self.nodes.get(open.id.0)) {
            return Err(Fault { at: element.span.start, flaw: Flaw::NotClosed });
        }
        let root = self.root.ok_or(Fault { at, flaw: Flaw::NoRoot })?;
        Ok(Document { source: self.source, nodes: self.nodes, root })
    }

    fn start(&mut self, piece: Piece<'a>, close: &str) -> Result<(), Fault> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(piece.fault(Flaw::SecondRoot));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(piece.fault(Flaw::TooMany("levels of elements", MAX_DEPTH)));
        }
        let tag = Tag::read(inside(piece, "<", close)?)?;
        self.spend(piece, tag.pairs.len())?;
        let open = Open { id: NodeId(self.nodes.len()), scope: self.scope.depth() };
        let element = self.scope.enter(tag, open.id, piece.at..piece.at + piece.text.len())?;
        self.root.get_or_insert(open.id);
        self.open.push(open);
        self.push(piece, Node::Start(element))
    }

    fn end(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        // The names are compared by quick-xml, which also refuses an end without a start.
        let open = self.open.pop().ok_or_else(|| piece.fault(Flaw::TextOutside))?;
        let end = NodeId(self.nodes.len());
        if let Some(Node::Start(element)) = self.nodes.get_mut(open.id.0) {
            element.end = end;
            element.span.end = piece.at + piece.text.len();
        }
        self.scope.leave(open.scope);
        self.push(piece, Node::End(open.id))
    }

    fn text(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        if self.open.is_empty() {
            let rest = piece.text.trim_start_matches(SPACE);
            let stray = piece.after(piece.text.len() - rest.len());
            return if rest.is_empty() { Ok(()) } else { Err(stray.fault(Flaw::TextOutside)) };
        }
        // Setting up the search for three bytes costs more than finding that there is not even one.
        match piece.text.find(']').and_then(|_| piece.text.find("]]>")) {
            Some(at) => Err(piece.after(at).fault(Flaw::SectionEnd)),
            None => self.push(piece, Node::Text(line_ends(piece.text))),
        }
    }

    fn reference(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        self.check_inside(piece)?;
        let name = inside(piece, "&", ";")?;
        let text = resolve(name.text).map_err(|flaw| piece.fault(flaw))?;
        self.push(piece, Node::Text(text))
    }

    fn section(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        self.check_inside(piece)?;
        let content = inside(piece, "<![CDATA[", "]]>")?;
        self.push(piece, Node::Text(line_ends(content.text)))
    }

    fn comment(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        let content = inside(piece, "<!--", "-->")?;
        if content.text.contains("--") || content.text.ends_with('-') {
            return Err(piece.fault(Flaw::DoubleHyphen));
        }
        self.push(piece, Node::Comment)
    }

    fn instruction(&mut self, piece: Piece<'a>) -> Result<(), Fault> {
        let content = inside(piece, "<?", "?>")?;
        let (target, data) = content.text.split_once(SPACE).unwrap_or((content.text, ""));
        // Namespaces, 7: no colon in a target either.
        if !is_name(target) {
            return Err(content.fault(Flaw::Name(quoted(target))));
        }
        if target.eq_ignore_ascii_case("xml") {
            return Err(content.fault(Flaw::Target(quoted(target))));
        }
        self.push(piece, Node::Instruction(target, line_ends(data.trim_start_matches(SPACE))))
    }

    fn check_inside(&self, piece: Piece<'a>) -> Result<(), Fault> {
        if self.open.is_empty() { Err(piece.fault(Flaw::TextOutside)) } else { Ok(()) }
    }

    fn push(&mut self, piece: Piece<'a>, node: Node<'a>) -> Result<(), Fault> {
        self.spend(piece, 1)?;
        self.nodes.push(node);
        Ok(())
    }

    fn spend(&mut self, piece: Piece<'a>, parts: usize) -> Result<(), Fault> {
        self.parts += parts;
        if self.parts > self.max_parts {
            return Err(piece.fault(Flaw::TooMany("nodes and attributes", self.max_parts)));
        }
        Ok(())
    }
}

/// The piece without its delimiters.
fn inside<'a>(piece: Piece<'a>, prefix: &str, suffix: &str) -> Result<Piece<'a>, Fault> {
    piece.between(prefix, suffix).ok_or_else(|| piece.fault(Flaw::Syntax("markup is cut short".to_owned())))
}

/// The XML declaration: version 1.0, then perhaps UTF-8, then perhaps standalone; leaves no node.
fn declaration(piece: Piece<'_>) -> Result<(), Fault> {
    let refuse = |reason| piece.fault(Flaw::Declaration(reason));
    if piece.at != 0 {
        return Err(refuse("is not at the very start"));
    }
    let content = inside(piece, "<?", "?>")?;
    if content.text.contains('&') {
        return Err(refuse("contains a reference"));
    }
    let mut pairs =
        Tag::read(content)?.pairs.into_iter().map(|pair| (pair.name.piece.text, pair.value)).peekable();
    let mut next = |name| pairs.next_if(|(found, _)| *found == name).map(|(_, value)| value);
    let (version, encoding, standalone) = (next("version"), next("encoding"), next("standalone"));
    if version.as_deref() != Some("1.0") {
        return Err(refuse("does not begin with version 1.0"));
    }
    if !encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case("UTF-8")) {
        return Err(refuse("names another encoding than UTF-8"));
    }
    if !standalone.is_none_or(|standalone| matches!(&*standalone, "yes" | "no")) {
        return Err(refuse("has a standalone that is neither `yes` nor `no`"));
    }
    pairs
        .next()
        .map_or(Ok(()), |_| Err(refuse("has more than version, encoding and standalone, in this order")))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::xml::compact;

    /// A document for each way to be refused, and the reason.
    const REFUSED: &[(&str, &str)] = &[
        ("", "there is no root element"),
        (" <!-- only --> ", "there is no root element"),
        ("<a>\u{1}</a>", "the character U+0001 is not allowed in XML"),
        ("<a>\u{FFFE}</a>", "the character U+FFFE is not allowed in XML"),
        ("<a b='\u{FFFF}'/>", "the character U+FFFF is not allowed in XML"),
        ("\u{FEFF}\u{FEFF}<a/>", "there is text outside the root element"),
        ("<a/>\u{FEFF}", "there is text outside the root element"),
        ("<!DOCTYPE a><a/>", "a document type declaration is not accepted"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a document type declaration is not accepted"),
        ("<!DOCTYPE a", "a document type declaration is not accepted"),
        ("<a><!DOCTYPE a></a>", "a document type declaration is not accepted"),
        (" <?xml version='1.0'?><a/>", "the XML declaration is not at the very start"),
        ("<a><?xml version='1.0'?></a>", "the XML declaration is not at the very start"),
        ("<?xml?><a/>", "the XML declaration does not begin with version 1.0"),
        ("<?xml encoding='UTF-8'?><a/>", "the XML declaration does not begin with version 1.0"),
        ("<?xml version='1.1'?><a/>", "the XML declaration does not begin with version 1.0"),
        ("<?xml version='&#49;.0'?><a/>", "the XML declaration contains a reference"),
        (
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            "the XML declaration names another encoding than UTF-8",
        ),
        (
            "<?xml version='1.0' standalone='maybe'?><a/>",
            "the XML declaration has a standalone that is neither `yes` nor `no`",
        ),
        (
            "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
            "the XML declaration has more than version, encoding and standalone, in this order",
        ),
        ("<?xml version='1.0'encoding='UTF-8'?><a/>", "no white space before an attribute"),
        ("<a/><b/>", "there is a second root element"),
        ("<a></a><a></a>", "there is a second root element"),
        ("b<a/>", "there is text outside the root element"),
        ("<a/>b", "there is text outside the root element"),
        ("<a/>&#32;", "there is text outside the root element"),
        ("<a/><![CDATA[ ]]>", "there is text outside the root element"),
        ("<a>", "an element is not closed"),
        ("<a><b></b>", "an element is not closed"),
        ("<1/>", "`1` is not a name"),
        ("< a/>", "`` is not a name"),
        ("<a:b:c xmlns:a='n'/>", "`a:b:c` is not a name"),
        ("<:a/>", "`:a` is not a name"),
        ("<a:/>", "`a:` is not a name"),
        ("<a -b='c'/>", "`-b` is not a name"),
        ("<a xmlns:='n'/>", "`xmlns:` is not a name"),
        ("<a/ >", "`a/` is not a name"),
        ("<a><?1?></a>", "`1` is not a name"),
        ("<a><??></a>", "`` is not a name"),
        ("<a><? b?></a>", "`` is not a name"),
        ("<a><?b:c?></a>", "`b:c` is not a name"),
        ("<a>]]></a>", "`]]>` in text"),
        ("<a><!-- b -- c --></a>", "`--` in a comment"),
        ("<a><!-- b ---></a>", "`--` in a comment"),
        ("<a><?XML b?></a>", "the processing instruction target `XML` is reserved"),
        ("<a><?xMl?></a>", "the processing instruction target `xMl` is reserved"),
        ("<a b='c'd='e'/>", "no white space before an attribute"),
        ("<a b/>", "the attribute `b` has no quoted value"),
        ("<a b=/>", "the attribute `b` has no quoted value"),
        ("<a b=c/>", "the attribute `b` has no quoted value"),
        ("<a b='<'/>", "`<` in an attribute value"),
        ("<a b='c' b='c'/>", "the attribute `b` stands twice"),
        ("<a xmlns='m' xmlns='n'/>", "the attribute `xmlns` stands twice"),
        ("<a xmlns:p='n' xmlns:q='n' p:b='c' q:b='d'/>", "the attribute `q:b` stands twice"),
        ("<a>&b;</a>", "`&b;` is not a reference to a character or a predefined entity"),
        ("<a>&;</a>", "`&;` is not a reference to a character or a predefined entity"),
        ("<a>&#0;</a>", "`&#0;` is not a reference to a character or a predefined entity"),
        ("<a>&#xFFFE;</a>", "`&#xFFFE;` is not a reference to a character or a predefined entity"),
        ("<a>&#xD800;</a>", "`&#xD800;` is not a reference to a character or a predefined entity"),
        ("<a>&#x110000;</a>", "`&#x110000;` is not a reference to a character or a predefined entity"),
        ("<a>&#+65;</a>", "`&#+65;` is not a reference to a character or a predefined entity"),
        ("<a>&#X41;</a>", "`&#X41;` is not a reference to a character or a predefined entity"),
        ("<a>&#;</a>", "`&#;` is not a reference to a character or a predefined entity"),
        ("<a>&#x;</a>", "`&#x;` is not a reference to a character or a predefined entity"),
        ("<a b='&'/>", "`&;` is not a reference to a character or a predefined entity"),
        ("<a b='&c;'/>", "`&c;` is not a reference to a character or a predefined entity"),
        ("<p:a/>", "the prefix `p` is not declared"),
        ("<a p:b='c'/>", "the prefix `p` is not declared"),
        ("<a><b xmlns:p='n'/><p:c/></a>", "the prefix `p` is not declared"),
        ("<xmlns:a/>", "the prefix `xmlns` is not declared"),
        ("<a xmlns:p=''/>", "the prefix `p` cannot be declared so"),
        ("<a xmlns:xmlns='n'/>", "the prefix `xmlns` cannot be declared so"),
        ("<a xmlns:xml='n'/>", "the prefix `xml` cannot be declared so"),
        ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "the prefix `p` cannot be declared so"),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "the prefix `` cannot be declared so"),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "the prefix `` cannot be declared so"),
    ];

    #[test]
    fn each_flaw_is_refused_with_its_reason() {
        for (source, reason) in REFUSED {
            let refusal = parse(source.as_bytes()).expect_err(source);
            assert_eq!(refusal.flaw.to_string(), *reason, "{source}");
        }
    }

    #[test]
    fn unfinished_markup_is_refused() {
        let unfinished = [
            "<",
            "<a",
            "<a b='c",
            "<a b='c'",
            "<a>b",
            "<a><",
            "<a></",
            "<a></a",
            "<a>&",
            "<a>&amp",
            "<a>&amp</a>",
            "<a><!",
            "<a><!-",
            "<a><!--",
            "<a><!-->",
            "<a><!--->",
            "<a><!-- b --",
            "<a><?",
            "<a><?>",
            "<a><?b",
            "<a><?b?",
            "<a><![",
            "<a><![CDATA[",
            "<a><![CDATA[ ]]",
            "<a><![cdata[b]]></a>",
            "<a></b>",
            "<a></A>",
            "</a>",
            "<a></a></a>",
            "<a></ a>",
            "<a></a b='c'>",
            "<a></>",
            "<>",
            "</>",
            "<a><!ELEMENT a></a>",
            "<!doctype a><a/>",
            "<a <b/>",
            "<a b='c\"/>",
        ];
        for source in unfinished {
            assert!(parse(source.as_bytes()).is_err(), "{source}");
        }
    }

    #[test]
    fn only_utf_8_is_read() {
        let refusal = parse(b"<a>\n\xC3\xA9\xFF</a>").unwrap_err();
        assert_eq!(refusal, NotWellFormed { offset: 6, line: 2, column: 2, flaw: Flaw::NotUtf8 });
        assert!(parse(b"\xFF\xFE<\0a\0/\0>\0").is_err());
        assert!(parse(b"<a>\xED\xA0\x80</a>").is_err());
    }
    /// One line a node, enough to see every field.
    fn shown(source: &str) -> Vec<String> {
        let document = parse(source.as_bytes()).unwrap();
        let line = |(_, node): (NodeId, &Node<'_>)| match node {
            Node::Start(element) => {
                let attributes = element
                    .attributes
                    .iter()
                    .map(|a| format!(" {{{}}}{}={:?}", a.namespace, a.local, a.value));
                let text = document.source().get(element.span.clone()).unwrap();
                format!("{{{}}}{}{} {text}", element.namespace, element.local, attributes.collect::<String>())
            }
            Node::End(start) => format!("/{}", document.element(*start).unwrap().local),
            Node::Text(text) => format!("{text:?}"),
            Node::Comment => "comment".to_owned(),
            Node::Instruction(target, data) => format!("{target} {data:?}"),
        };
        document.nodes().map(line).collect()
    }

    #[test]
    fn a_document_is_its_nodes_in_order() {
        let source = "\u{FEFF}<?xml version=\"1.0\" encoding='utf-8' standalone = 'no' ?>\n<!--é--><?i  d ?>\r\n\
            <a xmlns='m'><p:b xmlns:p = \"n\"\np:c='d' e='f'/><!----><g xmlns=''></g ></a>\n<?j?>";
        let expected = [
            "comment",
            "i \"d \"",
            "{m}a <a xmlns='m'><p:b xmlns:p = \"n\"\np:c='d' e='f'/><!----><g xmlns=''></g ></a>",
            "{n}b {n}c=\"d\" {}e=\"f\" <p:b xmlns:p = \"n\"\np:c='d' e='f'/>",
            "/b",
            "comment",
            "{}g <g xmlns=''></g >",
            "/g",
            "/a",
            "j \"\"",
        ];
        assert_eq!(shown(source), expected);
    }

    #[test]
    fn text_is_what_the_references_and_line_ends_mean() {
        let source = "<a>1\r\n2\r3\n&#13;&lt;&gt;&amp;&apos;&quot;&#x1F600;<![CDATA[&lt;\r]]>]]&gt;</a>";
        let document = parse(source.as_bytes()).unwrap();
        let text = document.nodes().filter_map(|(_, node)| match node {
            Node::Text(text) => Some(&**text),
            Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
        });
        assert_eq!(text.collect::<String>(), "1\n2\n3\n\r<>&'\"😀&lt;\n]]>");
    }

    #[test]
    fn attribute_values_are_normalised() {
        let nodes = shown("<a b=' \r\n\t\r&#10;&#13;&#9;&lt;\"x'/>");
        assert!(nodes[0].starts_with(r#"{}a {}b="    \n\r\t<\"x" "#), "{}", nodes[0]);
    }

    #[test]
    fn the_bounds_hold() {
        let nested = |depth| "<a>".repeat(depth) + &"</a>".repeat(depth);
        let attributes =
            |count| format!("<a {}/>", (0..count).map(|n| format!("b{n}='' ")).collect::<String>());
        let siblings = |count| format!("<a>{}</a>", "<b/>".repeat(count));
        let namespace = |length| format!("<a xmlns='{}'/>", "n".repeat(length));
        let bindings = |level: usize| (0..63).map(|n| format!("xmlns:p{level}-{n}='n' ")).collect::<String>();
        let declared = |levels| {
            (0..levels).map(|n| format!("<a {}>", bindings(n))).collect::<String>() + &"</a>".repeat(levels)
        };
        assert!(parse(nested(64).as_bytes()).is_ok() && parse(nested(65).as_bytes()).is_err());
        assert!(parse(attributes(64).as_bytes()).is_ok() && parse(attributes(65).as_bytes()).is_err());
        assert!(parse(siblings(49_999).as_bytes()).is_ok() && parse(siblings(50_000).as_bytes()).is_err());
        assert!(parse(namespace(512).as_bytes()).is_ok() && parse(namespace(513).as_bytes()).is_err());
        assert!(parse(declared(2).as_bytes()).is_ok() && parse(declared(3).as_bytes()).is_err());
    }

    #[test]
    fn a_flaw_has_its_place() {
        let refusal = parse("\u{FEFF}<a>\n <é b='1' b='2'/></a>".as_bytes()).unwrap_err();
        assert_eq!((refusal.offset, refusal.line, refusal.column), (18, 2, 11));
        assert_eq!(refusal.to_string(), "line 2, column 11: the attribute `b` stands twice");
    }
    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
        }

        /// Markup out of order reaches further into the parser than random bytes do.
        #[test]
        fn any_markup_is_read_or_refused(pieces in vec(select(MARKUP), 0..24)) {
            if let Ok(document) = parse(pieces.concat().as_bytes()) {
                let again = compact(&document, None);
                let again = parse(again.as_bytes()).unwrap();
                prop_assert_eq!(compact(&again, None), compact(&document, None));
            }
        }
    }

    const MARKUP: &[&str] = &[
        "<a>",
        "<a>",
        "</a>",
        "</a>",
        "<a ",
        "b='",
        "'",
        "\"",
        ">",
        "/>",
        "<!--",
        "-->",
        "-",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "xml",
        "&",
        "&amp;",
        "&#13;",
        ";",
        " ",
        "\r\n",
        "é",
        "<p:a",
        " xmlns:p='n'",
        " xmlns=''",
        "!",
        "<",
        "[",
        "\u{FEFF}",
    ];
}
