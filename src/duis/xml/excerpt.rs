//! What messages repeat of what was sent: never much of it, or a sender could fill a log.

/// As many characters as are repeated.
const SHOWN: usize = 60;

/// The text, or its beginning with dots.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(SHOWN).and_then(|(end, _)| text.get(..end)) {
        Some(beginning) => format!("{beginning}..."),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_characters_are_repeated_whatever_their_length() {
        assert_eq!(excerpt(""), "");
        assert_eq!(excerpt(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(excerpt(&"é".repeat(61)), format!("{}...", "é".repeat(60)));
    }
}
