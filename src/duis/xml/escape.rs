//! Characters that cannot stand for themselves, written as references.

use std::borrow::Cow;

/// Appends text, with references for the bytes that have one. Only ASCII may have one: it is never part of another
/// character in UTF-8.
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

/// Text as it stands between tags; a carriage return would otherwise be read as a line feed.
pub fn escape_text(text: &str) -> Cow<'_, str> {
    escape(text, text_reference)
}

/// An attribute value as it stands between double quotes; white space other than a space would otherwise be read as one.
pub fn escape_attribute(value: &str) -> Cow<'_, str> {
    escape(value, attribute_reference)
}

fn escape(text: &str, reference: fn(u8) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.bytes().any(|byte| reference(byte).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(&mut out, text, reference);
    Cow::Owned(out)
}

/// What stands for a byte of text (Canonical XML 1.0, 2.3): for `>` too, so that `]]>` never appears.
pub(crate) const fn text_reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

/// What stands for a byte of an attribute value (Canonical XML 1.0, 2.3).
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
