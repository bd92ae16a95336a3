//! The beginning of a message, for people who look for what a client got wrong.

/// The most bytes of an excerpt.
const MAX_BYTES: usize = 2_000;

/// The beginning of a message. It is what anybody sent: the reader escapes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageExcerpt {
    /// Its text; U+FFFD stands for what is no UTF-8.
    pub text: String,
    /// The bytes of the whole message.
    pub message_bytes: usize,
    /// Whether the message goes on after the text.
    pub is_cut: bool,
}

impl MessageExcerpt {
    /// The beginning of this message.
    pub fn of(message: &[u8]) -> Self {
        let beginning = message.get(..MAX_BYTES).unwrap_or(message);
        let is_cut = beginning.len() < message.len();
        // A character that the limit cuts in two is none that was sent.
        let whole = match std::str::from_utf8(beginning) {
            Err(fault) if is_cut && fault.error_len().is_none() => beginning.get(..fault.valid_up_to()),
            Ok(_) | Err(_) => Some(beginning),
        };
        let mut text = String::from_utf8_lossy(whole.unwrap_or(beginning)).into_owned();
        // What is no UTF-8 grows: up to three bytes for one.
        let end = (0..=MAX_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let is_cut = is_cut || end < text.len();
        text.truncate(end);
        text.shrink_to_fit();
        Self { text, message_bytes: message.len(), is_cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_text_within_its_limit_whatever_was_sent() {
        let excerpt = MessageExcerpt::of(b"<a/>");
        assert_eq!((excerpt.text.as_str(), excerpt.message_bytes, excerpt.is_cut), ("<a/>", 4, false));
        let euros = MessageExcerpt::of("\u{20ac}".repeat(1_000).as_bytes());
        assert_eq!((euros.text, euros.message_bytes, euros.is_cut), ("\u{20ac}".repeat(666), 3_000, true));
        let noise = MessageExcerpt::of(&[0xff; 1_500]);
        assert_eq!((noise.text, noise.is_cut), ("\u{fffd}".repeat(666), true));
        assert_eq!(MessageExcerpt::of(b"a\xffb").text, "a\u{fffd}b");
        assert_eq!(MessageExcerpt::of(b"").text, "");
    }
}
