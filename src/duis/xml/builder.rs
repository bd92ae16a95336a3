//! Writes elements of the namespace of DUIS, compactly: no whitespace but that of the values, and every element in the form of
//! Canonical XML 1.0, so that what was written needs no reading to be digested.

use std::fmt::{self, Display, Write as _};

use super::{escape_text, names};
use crate::domain::SchemaVersion;

/// What stands before the root.
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// A whole unsigned message, as it was written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(String);

impl Message {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its Canonical XML 1.0 (W3C, 15 March 2001): the root alone, which is written in that form.
    pub fn canonical(&self) -> &str {
        self.0.strip_prefix(DECLARATION).unwrap_or(&self.0)
    }

    /// Its text before and after the place of a signature, which the root's end tag follows.
    pub fn around_signature(&self) -> (&str, &str) {
        self.0.rfind("</").and_then(|end| self.0.split_at_checked(end)).unwrap_or((&self.0, ""))
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.0
    }
}

/// A message in the making.
pub(super) struct Builder {
    text: String,
}

impl Builder {
    /// A whole unsigned message. The namespace of signatures is declared on its root, so that one can be put before
    /// the root's end tag.
    pub(super) fn message(root: &str, version: &SchemaVersion, content: impl FnOnce(&mut Self)) -> Message {
        let mut builder = Self { text: String::with_capacity(2048) };
        builder.text.push_str(DECLARATION);
        // In the order of the prefixes.
        builder.put(format_args!(
            r#"<sr:{root} xmlns:ds="{}" xmlns:sr="{}" schemaVersion="{version}">"#,
            names::XMLDSIG,
            names::DUIS
        ));
        content(&mut builder);
        builder.put(format_args!("</sr:{root}>"));
        Message(builder.text)
    }

    /// An element and what it contains.
    pub(super) fn element(&mut self, local: &str, content: impl FnOnce(&mut Self)) {
        self.put(format_args!("<sr:{local}>"));
        content(self);
        self.put(format_args!("</sr:{local}>"));
    }

    /// An element that contains a value.
    pub(super) fn value(&mut self, local: &str, value: impl Display) {
        self.element(local, |within| within.escaped(format_args!("{value}")));
    }

    /// An element that contains a value, if there is one.
    pub(super) fn optional(&mut self, local: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(local, value);
        }
    }

    /// Appends markup, which is ours and needs no escaping.
    fn put(&mut self, markup: fmt::Arguments) {
        // Writing to a string cannot fail.
        _ = self.text.write_fmt(markup);
    }

    fn escaped(&mut self, value: fmt::Arguments) {
        _ = Escaping(&mut self.text).write_fmt(value);
    }
}

/// Escapes whatever is written through it.
struct Escaping<'o>(&'o mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(&escape_text(text));
        Ok(())
    }
}
