//! Checks and normalisation of characters, names, references and white space (XML 1.0, 2.2, 2.3, 2.11, 3.3.3, 4.1).

use std::borrow::Cow;

use super::flaw::{Flaw, LocatedFlaw, Piece, shortened};
use crate::domain::is_xml_char;

/// White space (XML 1.0, production 3).
pub(super) const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Refuses the first character that XML 1.0 cannot carry.
pub(super) fn check_characters(source: &str) -> Result<(), LocatedFlaw> {
    // Most documents pass the first scan, which has no branches and is fast. It looks for control bytes and for 0xEF, the
    // lead byte of U+FFFE and U+FFFF; good characters share that byte, so the second scan decides.
    let suspicious = source.bytes().fold(false, |found, byte| found | is_suspicious(byte));
    let bad = if suspicious { source.char_indices().find(|(_, c)| !is_xml_char(*c)) } else { None };
    bad.map_or(Ok(()), |(at, c)| Err(LocatedFlaw { at, flaw: Flaw::Character(u32::from(c)) }))
}

const fn is_suspicious(byte: u8) -> bool {
    ((byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')) | (byte == 0xEF)
}

/// Whether the byte is white space (XML 1.0, production 3).
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether the text is a name without a colon (Namespaces, production 4).
pub(super) fn is_name(text: &str) -> bool {
    // Most names are ASCII, and bytes are faster than characters.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return text.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    }
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

/// XML 1.0, production 4, without the colon.
const fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0, production 4a, without the colon.
const fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Normalises each line end to one line feed (XML 1.0, 2.11).
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Resolves a character reference or a predefined entity, without its `&` and `;`.
pub(super) fn resolve(name: &str) -> Result<Cow<'static, str>, Flaw> {
    let entity = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "apos" => "'",
        "quot" => "\"",
        _ => {
            let c = character(name).ok_or_else(|| Flaw::Reference(shortened(name)))?;
            return Ok(Cow::Owned(c.to_string()));
        }
    };
    Ok(Cow::Borrowed(entity))
}

/// Resolves a character reference (XML 1.0, production 66).
fn character(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
    // `from_str_radix` would also accept a leading `+`.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|c| is_xml_char(*c))
}

/// Normalises an attribute value, as XML 1.0, 3.3.3 requires for attributes without a declared type.
pub(super) fn attribute_value(raw: Piece<'_>) -> Result<Cow<'_, str>, LocatedFlaw> {
    let find = |text: &str| text.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r'));
    let Some(first) = find(raw.text) else { return Ok(Cow::Borrowed(raw.text)) };
    let mut value = String::with_capacity(raw.text.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some(at) = next {
        value.push_str(rest.before(at).text);
        rest = special(rest.after(at), &mut value)?;
        next = find(rest.text);
    }
    value.push_str(rest.text);
    Ok(Cow::Owned(value))
}

/// Appends the replacement of the special character or reference at the start of the piece. Returns the rest.
fn special<'a>(rest: Piece<'a>, value: &mut String) -> Result<Piece<'a>, LocatedFlaw> {
    if rest.text.starts_with('<') {
        return Err(rest.fault(Flaw::LessThan));
    }
    if let Some(reference) = rest.text.strip_prefix('&') {
        let Some((name, _)) = reference.split_once(';') else {
            return Err(rest.fault(Flaw::Reference(shortened(reference))));
        };
        value.push_str(&resolve(name).map_err(|flaw| rest.fault(flaw))?);
        return Ok(rest.after(name.len() + 2));
    }
    // A bare tab or line end becomes a space, and CR LF becomes only one. A reference to one keeps its character.
    value.push(' ');
    Ok(rest.after(if rest.text.starts_with("\r\n") { 2 } else { 1 }))
}
