//! Excerpts of received text for messages and logs. They are short, so that a sender cannot fill a log.

/// The longest excerpt, in characters.
const MAX_CHARACTERS: usize = 60;

/// The text, cut to [`MAX_CHARACTERS`] with three dots after it if it is longer.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS).and_then(|(end, _)| text.get(..end)) {
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
