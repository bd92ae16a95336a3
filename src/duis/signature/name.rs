//! Distinguished names: parsed from the text form of RFC 2253 and from certificates, so that the two can be compared.
//!
//! The text form has the most specific part first, a certificate has it last. Values are compared exactly, whatever the syntax
//! that they are written in: escaped, in quotation marks, or as the DER encoding of any type of string.

use std::fmt;

use x509_cert::{
    der::{Any, Decode, Encode, Tag, Tagged, asn1::ObjectIdentifier},
    name::{Name, RelativeDistinguishedName},
};

use crate::domain::Malformed;

/// The short names of attribute types (RFC 2253 section 2.3, and SERIALNUMBER as many tools write it).
const KEYWORDS: [(&str, ObjectIdentifier); 10] = [
    ("CN", ObjectIdentifier::new_unwrap("2.5.4.3")),
    ("SERIALNUMBER", ObjectIdentifier::new_unwrap("2.5.4.5")),
    ("C", ObjectIdentifier::new_unwrap("2.5.4.6")),
    ("L", ObjectIdentifier::new_unwrap("2.5.4.7")),
    ("ST", ObjectIdentifier::new_unwrap("2.5.4.8")),
    ("O", ObjectIdentifier::new_unwrap("2.5.4.10")),
    ("OU", ObjectIdentifier::new_unwrap("2.5.4.11")),
    ("STREET", ObjectIdentifier::new_unwrap("2.5.4.9")),
    ("DC", ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25")),
    ("UID", ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1")),
];

/// The types of strings of one octet a character. TeletexString has more than ASCII, which is not read alike everywhere.
const ASCII_STRINGS: [Tag; 5] =
    [Tag::PrintableString, Tag::Ia5String, Tag::VisibleString, Tag::NumericString, Tag::TeletexString];

/// The longest name as text, in bytes. The name in a signature is parsed before the signature is verified, and a parsed part
/// takes much more memory than its text.
const MAX_NAME_BYTES: usize = 2_000;

/// A distinguished name, the most specific part first: `CN=Z1,OU=07`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName(Vec<Rdn>);

/// A relative distinguished name. Its attributes are a set, so they are kept sorted for comparison.
type Rdn = Vec<(ObjectIdentifier, AttributeValue)>;

/// The value of one attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AttributeValue {
    Text(String),
    /// The DER encoding of a value that is not plain text.
    Der(Vec<u8>),
}

impl DistinguishedName {
    /// Parses a name such as `CN=Z1,OU=07`, or in the older syntax of RFC 2253 section 4: `cn="Z1"; oid.2.5.4.11=07`. White
    /// space around `=`, `+` and the separators is ignored.
    ///
    /// # Errors
    /// When the text is not a name, has no part, or is too long.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let parts =
            if text.len() > MAX_NAME_BYTES { None } else { split(text, &[',', ';']).map(part).collect() };
        parts.map(Self).ok_or_else(|| Malformed::new(text, "a distinguished name like `CN=Z1,OU=07`"))
    }

    /// Converts the name of a certificate.
    pub fn from_certificate(name: &Name) -> Self {
        let attributes = |part: &RelativeDistinguishedName| {
            sorted(
                part.iter()
                    .map(|attribute| (attribute.oid, AttributeValue::from(&attribute.value)))
                    .collect(),
            )
        };
        let mut parts: Vec<_> = name.iter_rdn().map(attributes).collect();
        // A certificate has the most specific part last.
        parts.reverse();
        Self(parts)
    }
}

/// Splits at separators that are neither escaped by `\` nor in quotation marks.
fn split<'t>(text: &'t str, separators: &'static [char]) -> impl Iterator<Item = &'t str> {
    let (mut escaped, mut quoted) = (false, false);
    text.split(move |character| {
        let ends = separators.contains(&character) && !escaped && !quoted;
        quoted ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    })
}

/// The text without white space at its start.
fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// White space between the parts of a name; a name that was wrapped over lines has line ends there.
const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn part(text: &str) -> Option<Rdn> {
    split(text, &['+']).map(attribute).collect::<Option<_>>().map(sorted)
}

fn sorted(mut part: Rdn) -> Rdn {
    part.sort();
    part
}

fn attribute(text: &str) -> Option<(ObjectIdentifier, AttributeValue)> {
    let (kind, value) = text.split_once('=')?;
    let kind = attribute_type(kind.trim_matches(is_blank))?;
    let value = trim_start(value);
    let value = if let Some(hex) = value.strip_prefix('#') {
        encoded(hex.trim_end_matches(is_blank))?
    } else if let Some(rest) = value.strip_prefix('"') {
        AttributeValue::Text(unquote(rest)?)
    } else {
        AttributeValue::Text(unescape(value)?)
    };
    Some((kind, value))
}

fn attribute_type(text: &str) -> Option<ObjectIdentifier> {
    let keyword = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(text));
    match keyword {
        Some((_, kind)) => Some(*kind),
        None => {
            let prefix = text.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("OID."));
            ObjectIdentifier::new(prefix.and_then(|prefix| text.strip_prefix(prefix)).unwrap_or(text)).ok()
        }
    }
}

fn encoded(hex: &str) -> Option<AttributeValue> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    let bytes = bytes.collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())?;
    Any::from_der(&bytes).ok().map(|value| AttributeValue::from(&value))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Decodes the rest of a value whose first quotation mark has been read.
fn unquote(text: &str) -> Option<String> {
    let mut value = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => value.push(escaped(bytes.next()?, &mut bytes)?),
            plain => value.push(plain),
        }
    }
    let ends = bytes.all(|byte| is_blank(char::from(byte)));
    String::from_utf8(value).ok().filter(|_| ends)
}

/// Decodes escapes such as `\,` and `\2C`, and trims trailing white space that is not escaped.
fn unescape(text: &str) -> Option<String> {
    let mut value = Vec::with_capacity(text.len());
    let mut kept = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => value.push(escaped(bytes.next()?, &mut bytes)?),
            b'"' | b'<' | b'>' | b';' => return None,
            plain => value.push(plain),
        }
        // An escaped space arrives here as its `\`, so it is kept.
        if !is_blank(char::from(byte)) {
            kept = value.len();
        }
    }
    value.truncate(kept);
    String::from_utf8(value).ok()
}

fn escaped(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    if b" \"#+,;<=>\\".contains(&first) {
        return Some(first);
    }
    Some(digit(first)? << 4 | digit(rest.next()?)?)
}

impl From<&Any> for AttributeValue {
    fn from(value: &Any) -> Self {
        // Encoding a value that was decoded does not fail. If it did, the empty encoding would equal no real value.
        text_of(value).map_or_else(|| Self::Der(value.to_der().unwrap_or_default()), Self::Text)
    }
}

/// The text of a value, where it is one of the types of strings. A type does not matter: DC is an IA5String, others are UTF-8.
fn text_of(value: &Any) -> Option<String> {
    let (tag, octets) = (value.tag(), value.value());
    if tag == Tag::BmpString {
        let (pairs, rest) = octets.as_chunks::<2>();
        let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect::<Vec<_>>();
        return String::from_utf16(&units).ok().filter(|_| rest.is_empty());
    }
    let is_text = |text: &&str| tag == Tag::Utf8String || ASCII_STRINGS.contains(&tag) && text.is_ascii();
    str::from_utf8(octets).ok().filter(is_text).map(str::to_owned)
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "," })?;
            for (at, (kind, value)) in part.iter().enumerate() {
                f.write_str(if at == 0 { "" } else { "+" })?;
                write_type(f, *kind)?;
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

fn write_type(f: &mut fmt::Formatter<'_>, kind: ObjectIdentifier) -> fmt::Result {
    match KEYWORDS.iter().find(|(_, known)| *known == kind) {
        Some((keyword, _)) => f.write_str(keyword),
        None => write!(f, "{kind}"),
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_escaped(f, text),
            Self::Der(bytes) => {
                f.write_str("#")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.len().saturating_sub(1);
    for (at, character) in text.char_indices() {
        match character {
            ' ' if at == 0 || at == last => f.write_str("\\ ")?,
            '#' if at == 0 => f.write_str("\\#")?,
            '"' | '+' | ',' | ';' | '<' | '=' | '>' | '\\' => write!(f, "\\{character}")?,
            control if control.is_ascii_control() => write!(f, "\\{:02X}", u32::from(control))?,
            plain => write!(f, "{plain}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> DistinguishedName {
        DistinguishedName::parse(text).unwrap()
    }

    #[test]
    fn spaces_and_case_of_types_do_not_matter() {
        for text in ["CN=Z1, OU=07", "cn = Z1 , ou= 07", "2.5.4.3=Z1,OID.2.5.4.11=07", "CN=#0c025a31,OU=07 "]
        {
            assert_eq!(parsed(text), parsed("CN=Z1,OU=07"), "{text}");
        }
        assert_eq!(parsed("\r\n  oid.2.5.4.3=Z1,\n  Oid.2.5.4.11 = 07\n"), parsed("CN=Z1,OU=07"));
    }

    #[test]
    fn the_older_syntax_says_the_same() {
        for text in
            ["CN=\"Z1\";OU=\"07\"", "CN=Z1 ; OU=07", "CN = \"Z1\" , OU = \"07\" ", "CN=\"\\5A\\31\",OU=07"]
        {
            assert_eq!(parsed(text), parsed("CN=Z1,OU=07"), "{text}");
        }
        assert_eq!(parsed("O=\"a,b+c=d<e>#;f\""), parsed(r"O=a\,b\+c\=d\<e\>\#\;f"));
        assert_eq!(parsed(r#"O=" a\"\\ ""#), parsed(r#"O=\ a\"\\\ "#));
        assert_eq!(parsed("O=\"\""), parsed("O="));
    }

    #[test]
    fn every_keyword_of_rfc_2253_is_a_type() {
        for (keyword, kind) in [
            ("CN", "2.5.4.3"),
            ("L", "2.5.4.7"),
            ("ST", "2.5.4.8"),
            ("O", "2.5.4.10"),
            ("OU", "2.5.4.11"),
            ("C", "2.5.4.6"),
            ("STREET", "2.5.4.9"),
            ("DC", "0.9.2342.19200300.100.1.25"),
            ("UID", "0.9.2342.19200300.100.1.1"),
        ] {
            for keyword in [keyword.to_owned(), keyword.to_lowercase()] {
                assert_eq!(parsed(&format!("{keyword}=x")), parsed(&format!("{kind}=x")), "{keyword}");
            }
        }
    }

    #[test]
    fn the_type_of_a_string_does_not_matter() {
        // UTF8String, NumericString, PrintableString, TeletexString, IA5String, VisibleString, BMPString.
        for encoding in
            ["0c023037", "12023037", "13023037", "14023037", "16023037", "1a023037", "1e0400300037"]
        {
            assert_eq!(parsed(&format!("DC=#{encoding}")), parsed("DC=07"), "{encoding}");
        }
        // A BIT STRING, a BMPString of half a character, and IA5 with an octet beyond ASCII are compared as they are.
        for encoding in ["03020037", "1e03003000", "1601e9"] {
            assert_eq!(parsed(&format!("DC=#{encoding}")).to_string(), format!("DC=#{encoding}"));
        }
    }

    #[test]
    fn order_value_and_type_matter() {
        for text in ["OU=07,CN=Z1", "CN=z1,OU=07", "CN=Z1+OU=07", "CN=Z1", "CN=Z1,OU=07,OU=07", "CN=Z1,O=07"]
        {
            assert_ne!(parsed(text), parsed("CN=Z1,OU=07"), "{text}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            parsed(r"CN=a\,b\+c\2Cd\ ").0,
            vec![vec![(KEYWORDS[0].1, AttributeValue::Text("a,b+c,d ".into()))]]
        );
        assert_eq!(parsed(r"CN=\C3\A9").to_string(), "CN=é");
        assert_eq!(parsed(r"OU=b+CN=a"), parsed(r"CN=a+OU=b"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "Z1",
            "CN",
            "XX=1",
            "CN=a\\",
            "CN=\\zz",
            "CN=#0",
            "CN=#",
            "CN=\"a",
            "CN=\"a\"b",
            "CN=a\"b\"",
            "CN=a,",
            "CN=a;",
            "OID.=a",
        ] {
            assert!(DistinguishedName::parse(text).is_err(), "{text}");
        }
        let long = format!("CN={}", "a".repeat(MAX_NAME_BYTES - 3));
        assert!(DistinguishedName::parse(&long).is_ok());
        assert!(DistinguishedName::parse(&format!("{long}a")).is_err());
    }

    #[test]
    fn a_certificates_name_is_read_backwards() {
        // The reader of x509-cert takes text in the order of RFC 4514 and stores it reversed, as DER has it.
        let name = Name::from_str("CN=Z1,OU=07").unwrap();
        assert_eq!(DistinguishedName::from_certificate(&name).to_string(), "CN=Z1,OU=07");
    }

    proptest! {
        #[test]
        fn a_name_survives_text(values in prop::collection::vec("\\PC{1,12}|[ #,+=\\\\\"<>;\\x00-\\x1f]{1,6}", 1..4)) {
            let kinds = KEYWORDS.iter().cycle();
            let parts = kinds.zip(&values).map(|((_, kind), value)| vec![(*kind, AttributeValue::Text(value.clone()))]);
            let name = DistinguishedName(parts.collect());
            prop_assert_eq!(DistinguishedName::parse(&name.to_string()), Ok(name));
        }

        #[test]
        fn no_text_breaks_the_parser(text in "[CNOU=,+\\\\# 0-9a-fé\"]{0,30}") {
            let _ = DistinguishedName::parse(&text);
        }
    }
}
