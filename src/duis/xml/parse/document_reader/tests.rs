use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::duis::xml::compact;

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
    ("<?xml version='1.0' encoding='UTF-16'?><a/>", "the XML declaration names another encoding than UTF-8"),
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
            let attributes =
                element.attributes.iter().map(|a| format!(" {{{}}}{}={:?}", a.namespace, a.local, a.value));
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
    let attributes = |count| format!("<a {}/>", (0..count).map(|n| format!("b{n}='' ")).collect::<String>());
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
