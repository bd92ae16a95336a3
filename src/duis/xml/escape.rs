//! Escaping of text and attribute values.

use std::borrow::Cow;

/// Appends text and replaces each byte for which `reference` returns a replacement.
///
/// `reference` may only replace ASCII bytes: in UTF-8 these are never part of a longer character.
pub(crate) fn push_escaped(out: &mut String, text: &str, reference: impl Fn(u8) -> Option<&'static str>) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(reference) = reference(byte) {
            out.push_str(text.get(written..at).unwrap_or_default());
            out.push_str(reference);
            written = at + 1;
        }
    }
    out.push_str(text.get(written..).unwrap_or_default());
}

/// Escapes text between tags. Carriage returns too: a parser would read a bare one as a line feed.
pub fn escape_text(text: &str) -> Cow<'_, str> {
    escape(text, text_reference)
}

/// Escapes an attribute value for double quotes. Tabs and line ends too: a parser would read bare ones as spaces.
pub fn escape_attribute(value: &str) -> Cow<'_, str> {
    escape(value, attribute_reference)
}

fn escape(text: &str, reference: fn(u8) -> Option<&'static str>) -> Cow<'_, str> {
    // Most values need no escaping and are borrowed.
    if !text.bytes().any(|byte| reference(byte).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(&mut out, text, reference);
    Cow::Owned(out)
}

/// The replacement for a byte of text (Canonical XML 1.0, 2.3). `>` has one too, so that `]]>` never appears.
pub(crate) const fn text_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

/// The replacement for a byte of an attribute value (Canonical XML 1.0, 2.3).
pub(crate) const fn attribute_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_reference_is_not_copied() {
        assert!(matches!(escape_text("é \t\n\"'"), Cow::Borrowed("é \t\n\"'")));
        assert!(matches!(escape_attribute("é >'"), Cow::Borrowed("é >'")));
    }

    #[test]
    fn the_rest_is_a_reference() {
        assert_eq!(escape_text("é&<]]>\r\n"), "é&amp;&lt;]]&gt;&#xD;\n");
        assert_eq!(escape_attribute("\t\n\ré&<\""), "&#x9;&#xA;&#xD;é&amp;&lt;&quot;");
    }
}
