//! The media type of a message, by the grammar of RFC 9110 (8.3.1).
//!
//! The framework's own parser refuses spaces around `;` and empty quoted values, both of which the grammar has.

use actix_web::{HttpRequest, http::header};

/// Whether the media type is that of XML in UTF-8.
pub(super) fn is_xml(request: &HttpRequest) -> bool {
    let mut values = request.headers().get_all(header::CONTENT_TYPE).map(|value| value.to_str());
    match (values.next(), values.next()) {
        (Some(Ok(value)), None) => is_utf_8_xml(value),
        _ => false,
    }
}

fn is_utf_8_xml(value: &str) -> bool {
    let Some((essence, parameters)) = parse(value) else { return false };
    // By RFC 7303 the charset parameter overrides the document itself, and the parser only reads UTF-8.
    let is_utf_8 = parameters
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| charset.eq_ignore_ascii_case("utf-8"));
    is_utf_8 && ["application/xml", "text/xml"].iter().any(|xml| essence.eq_ignore_ascii_case(xml))
}

/// The type and its parameters; none where the value does not follow the grammar.
fn parse(value: &str) -> Option<(&str, Vec<(&str, String)>)> {
    let (essence, mut rest) = value.split_once(';').unwrap_or((value, ""));
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return Some((essence.trim_matches([' ', '\t']), parameters));
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = after.find([';', ' ', '\t']).unwrap_or(after.len());
                let (token, after) = after.split_at_checked(end)?;
                (token.to_owned(), after)
            }
        };
        let is_token = |text: &str| !text.is_empty() && text.bytes().all(is_token_byte);
        let after = after.trim_start_matches([' ', '\t']);
        // A parameter ends at the end or at `;`, and an unquoted value is a token.
        if !is_token(name) || !(after.is_empty() || after.starts_with(';')) {
            return None;
        }
        parameters.push((name, value));
        rest = after;
    }
}

/// A quoted string whose opening mark was read: its value, and what follows the closing mark.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::is_utf_8_xml;

    #[test]
    fn xml_in_utf_8_is_known_however_its_parameters_are_written() {
        for xml in [
            "application/xml",
            "TEXT/XML",
            "application/xml; charset=utf-8",
            "application/xml ; charset=UTF-8",
            "application/xml;charset=\"utf-8\"",
            "text/xml;charset=utf-8;action=\"\"",
            "text/xml; action=\"a;b\\\"c\" ; charset=utf-8",
            "text/xml;",
        ] {
            assert!(is_utf_8_xml(xml), "{xml}");
        }
        for other in [
            "",
            "application/json",
            "application/xml charset=utf-8",
            "text/xml; charset=utf8",
            "text/xml; charset=iso-8859-1",
            "text/xml; charset=utf-8; charset=utf-16",
            "text/xml; charset",
            "text/xml; charset=\"utf-8",
            "text/xml; charset=\"utf-8\"x",
            "text/xml, text/plain",
        ] {
            assert!(!is_utf_8_xml(other), "{other}");
        }
    }
}
