//! Escaping of text by others that a person will read.

/// The text with every character that a terminal would not show, or would act on, escaped as `\u{1b}`: control characters, the
/// separators but the space, and marks that change the direction of text. All else stays, so that escaping twice changes nothing.
pub fn escape_invisible(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_visible(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_unicode());
        }
    }
    escaped
}

/// As [`escape_invisible`], but keeps line ends: for texts of several lines that are our own.
pub fn escape_invisible_in_lines(text: &str) -> String {
    text.split('\n').map(escape_invisible).collect::<Vec<_>>().join("\n")
}

fn is_visible(character: char) -> bool {
    // `escape_debug` knows which characters are printable; the three that it escapes for being special in Rust are.
    matches!(character, '"' | '\'' | '\\') || character.escape_debug().count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_escaped() {
        assert_eq!(escape_invisible("\u{1b}[2J\u{1b}]0;owned\u{7}"), "\\u{1b}[2J\\u{1b}]0;owned\\u{7}");
        assert_eq!(
            escape_invisible("IS\u{a0}\0\u{202e}\u{200b}\r\n"),
            "IS\\u{a0}\\u{0}\\u{202e}\\u{200b}\\u{d}\\u{a}"
        );
    }

    #[test]
    fn what_can_be_read_stays() {
        for text in ["", "Łan 1, \"the\" 'House' \\u{1b}", "Zoë, 東京", "a b"] {
            assert_eq!(escape_invisible(text), text);
        }
        assert_eq!(escape_invisible_in_lines("a\n\u{1b}b\n"), "a\n\\u{1b}b\n");
    }
}
