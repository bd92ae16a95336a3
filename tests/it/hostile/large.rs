//! Messages too large to be files.

use smi::duis::xml::names;

/// Long enough that anything worse than linear would show.
const LONG: usize = 1_000_000;

/// A name, a flaw, and how it is made.
type Large = (&'static str, &'static str, fn() -> Vec<u8>);

/// Their names, what is wrong with them, and how each is made.
pub(super) const ALL: &[Large] = &[
    (
        "canonical-attribute",
        "an attribute of 1 MB that the canonical form makes six times as long, with a signature's right form",
        || {
            signed_form(
                &format!(" xmlns:xsi='{}' xsi:schemaLocation='{}'", names::XSI, "\"".repeat(LONG)),
                "",
            )
        },
    ),
    ("canonical-text", "1 MB of line ends to be digested, with a signature's right form", || {
        signed_form("", &"\n".repeat(LONG))
    }),
    ("attributes-1000000", "a million attributes", || {
        inside(&format!("<sr:a{}/>", numbered(1_000_000, |n| format!(" a{n}=''"))))
    }),
    ("attributes-65", "one attribute too many", || {
        inside(&format!("<sr:a{}/>", numbered(65, |n| format!(" a{n}=''"))))
    }),
    ("cdata-1000000", "a million empty CDATA sections in a value", || {
        value(&"<![CDATA[]]>".repeat(1_000_000))
    }),
    ("comments-1000000", "a million comments", || inside(&"<!---->".repeat(1_000_000))),
    ("comments-99000", "nearly as many comments as nodes may be", || {
        unsigned(&format!("{}{READ}", "<!---->".repeat(99_000)))
    }),
    ("declarations-129", "one namespace declaration too many", || inside(&nested_declarations(129))),
    ("depth-100000", "elements 100,000 deep", || {
        inside(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)))
    }),
    ("depth-64", "as deep as may be", || inside(&format!("{}{}", "<a>".repeat(62), "</a>".repeat(62)))),
    ("depth-unclosed", "a million start tags", || inside(&"<a>".repeat(1_000_000))),
    ("elements-1000000", "a million elements", || inside(&"<a/>".repeat(1_000_000))),
    ("elements-of-bindings", "30,000 elements, and 120 prefixes to look each up in", || {
        inside(&in_bindings(&"<a0:b a1:c=''/>".repeat(30_000)))
    }),
    ("element-name", "an element with a name of 1 MB", || inside(&format!("<{}/>", "a".repeat(LONG)))),
    ("attribute-name", "an attribute with a name of 1 MB", || {
        inside(&format!("<a {}=''/>", "a".repeat(LONG)))
    }),
    ("attribute-value", "an attribute of 1 MB, all of it to be escaped", || {
        inside(&format!("<a b='{}'/>", "\"".repeat(LONG)))
    }),
    ("comment", "a comment of 1 MB", || inside(&format!("<!--{}-->", "x".repeat(LONG)))),
    ("instruction", "a processing instruction of 1 MB", || inside(&format!("<?p {}?>", "x".repeat(LONG)))),
    ("namespace-name", "one byte too many in a namespace's name", || {
        inside(&format!("<a xmlns='{}'/>", "x".repeat(513)))
    }),
    ("references-1000000", "a million character references in a value", || value(&"&#65;".repeat(1_000_000))),
    ("space", "1 MB of spaces", || inside(&" ".repeat(LONG))),
    ("spaces-in-tag", "1 MB of spaces in a tag", || inside(&format!("<a{}/>", " ".repeat(LONG)))),
    ("unclosed-comment", "a comment of 1 MB that does not end", || {
        inside(&format!("<!--{}", "-".repeat(LONG)))
    }),
    ("unclosed-markup", "a million times `<`", || inside(&"<".repeat(LONG))),
    ("unclosed-quote", "an attribute of 1 MB that does not end", || {
        inside(&format!("<a b='{}", "x".repeat(LONG)))
    }),
    ("value", "a value of 19 MB, nearly as much as a body may have", || value(&"x".repeat(19_000_000))),
    ("value-escaped", "a value of 1 MB, all of it to be escaped", || value(&">".repeat(LONG))),
    ("ampersands", "a million times `&`", || value(&"&".repeat(LONG))),
    ("brackets", "a million times `]`", || value(&"]".repeat(LONG))),
    ("control-at-end", "a control character after 1 MB", || value(&format!("{}\u{1}", "x".repeat(LONG)))),
    ("non-characters", "1 MB of characters that only look suspicious", || {
        value(&"\u{FFFD}".repeat(LONG / 3))
    }),
    ("issuer", "an issuer of 4 million parts under a serial number that is known", || {
        issuer(&"CN=a,".repeat(4_000_000))
    }),
    ("schema-version", "a schemaVersion of a million digits, which the answer repeats", || {
        let long = format!("schemaVersion='5.4{}'", "0".repeat(LONG));
        String::from_utf8(unsigned(READ)).unwrap().replace("schemaVersion='5.4'", &long).into_bytes()
    }),
    ("signature-value", "a ds:SignatureValue of 1 MB", || signature(&"A".repeat(LONG))),
    ("signatures-40000", "40,000 empty signatures", || {
        unsigned(&format!("{READ}{}", "<ds:Signature/>".repeat(40_000)))
    }),
];

const READ: &str = "<sr:Body><sr:ReadInventory><sr:UPRN>1</sr:UPRN></sr:ReadInventory></sr:Body>";

/// A request with that in place of its Body.
fn unsigned(rest: &str) -> Vec<u8> {
    format!(
        "<sr:Request xmlns:sr='{}' xmlns:ds='{}' schemaVersion='5.4'><sr:Header>\
         <sr:RequestID>90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1</sr:RequestID>\
         <sr:CommandVariant>8</sr:CommandVariant><sr:ServiceReference>8.2</sr:ServiceReference>\
         <sr:ServiceReferenceVariant>8.2</sr:ServiceReferenceVariant></sr:Header>{rest}</sr:Request>",
        names::DUIS,
        names::XMLDSIG
    )
    .into_bytes()
}

fn inside(body: &str) -> Vec<u8> {
    unsigned(&format!("<sr:Body>{body}</sr:Body>"))
}

fn value(text: &str) -> Vec<u8> {
    inside(&format!("<sr:ReadInventory><sr:MPxN>{text}</sr:MPxN></sr:ReadInventory>"))
}

/// A signature of a good form whose value is that.
fn signature(value: &str) -> Vec<u8> {
    let good = std::fs::read_to_string(super::folder().join("signed/8.4-change.xml")).unwrap();
    let (before, rest) = good.split_once("<ds:SignatureValue>").unwrap();
    let (_, after) = rest.split_once("</ds:SignatureValue>").unwrap();
    format!("{before}<ds:SignatureValue>{value}</ds:SignatureValue>{after}").into_bytes()
}

/// A signature that names its certificate so.
fn issuer(name: &str) -> Vec<u8> {
    let good = std::fs::read_to_string(super::folder().join("signed/8.4-change.xml")).unwrap();
    good.replace("<ds:X509IssuerName>", &format!("<ds:X509IssuerName>{name}")).into_bytes()
}

fn numbered(count: usize, piece: fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// Inside two elements that declare 60 prefixes each.
fn in_bindings(inside: &str) -> String {
    let [a, b] = ["a", "b"].map(|p| (0..60).map(|n| format!(" xmlns:{p}{n}='urn:{n}'")).collect::<String>());
    format!("<x{a}><y{b}>{inside}</y></x>")
}

fn nested_declarations(count: usize) -> String {
    let each = count.div_ceil(3);
    let tag =
        |level| format!("<a{}>", (0..each).map(|n| format!(" xmlns:p{level}x{n}='u'")).collect::<String>());
    (0..3).map(tag).collect()
}

/// A valid request with more on its root and between its elements, and a signature of the right form over something
/// else: nothing but the digest can tell.
fn signed_form(on_root: &str, between: &str) -> Vec<u8> {
    let good = std::fs::read_to_string(super::folder().join("signed/8.4-change.xml")).unwrap();
    let good = good.replacen("<sr:Body>", &format!("{between}<sr:Body>"), 1);
    good.replacen(" schemaVersion", &format!("{on_root} schemaVersion"), 1).into_bytes()
}
