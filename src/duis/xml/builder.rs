//! The XML writer for DUIS messages.
//!
//! Its output has no whitespace between elements and is already in the form of Canonical XML 1.0. So a message of our own
//! can be digested and signed without parsing it again.

use std::fmt::{self, Display, Write as _};

use super::{escape_text, names};
use crate::domain::SchemaVersion;

/// The XML declaration, written before the root.
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// A complete message without a signature. Only the builder writes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedMessage(String);

impl UnsignedMessage {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its Canonical XML 1.0 (W3C, 15 March 2001): the text without the XML declaration.
    pub fn canonical(&self) -> &str {
        self.0.strip_prefix(DECLARATION).unwrap_or(&self.0)
    }

    /// Its text before and after the insertion point of a signature, which is just before the root's end tag.
    pub fn around_signature(&self) -> (&str, &str) {
        // The last `</` is the root's end tag: the builder writes nothing after the root.
        self.0.rfind("</").and_then(|end| self.0.split_at_checked(end)).unwrap_or((&self.0, ""))
    }
}

impl From<UnsignedMessage> for String {
    fn from(message: UnsignedMessage) -> Self {
        message.0
    }
}

/// A string buffer for the message that is being written.
pub(super) struct Builder {
    text: String,
}

impl Builder {
    /// Writes a complete unsigned message.
    ///
    /// The root declares the prefix of signatures too, so that a signature can be inserted without a declaration of its own.
    pub(super) fn message(
        root: &str,
        version: &SchemaVersion,
        content: impl FnOnce(&mut Self),
    ) -> UnsignedMessage {
        let mut builder = Self { text: String::with_capacity(2048) };
        builder.text.push_str(DECLARATION);
        // Canonical XML sorts namespace declarations by prefix and puts them before attributes; so must this line.
        builder.push_markup(format_args!(
            r#"<sr:{root} xmlns:ds="{}" xmlns:sr="{}" schemaVersion="{version}">"#,
            names::XMLDSIG,
            names::DUIS
        ));
        content(&mut builder);
        builder.push_markup(format_args!("</sr:{root}>"));
        UnsignedMessage(builder.text)
    }

    /// Writes an element; `content` writes its children.
    pub(super) fn element(&mut self, local: &str, content: impl FnOnce(&mut Self)) {
        self.push_markup(format_args!("<sr:{local}>"));
        content(self);
        self.push_markup(format_args!("</sr:{local}>"));
    }

    /// Writes an element with a text value, escaped.
    pub(super) fn value(&mut self, local: &str, value: impl Display) {
        self.element(local, |within| within.escaped(format_args!("{value}")));
    }

    /// Writes an element with a text value, or nothing for `None`.
    pub(super) fn optional(&mut self, local: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(local, value);
        }
    }

    /// Appends markup without escaping: only names and constants of this crate go through here.
    fn push_markup(&mut self, markup: fmt::Arguments) {
        // Writing to a string cannot fail.
        _ = self.text.write_fmt(markup);
    }

    fn escaped(&mut self, value: fmt::Arguments) {
        _ = EscapingWriter(&mut self.text).write_fmt(value);
    }
}

/// A [`fmt::Write`] adapter that escapes text on its way into the buffer.
struct EscapingWriter<'o>(&'o mut String);

impl fmt::Write for EscapingWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(&escape_text(text));
        Ok(())
    }
}
