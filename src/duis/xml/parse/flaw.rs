//! The errors of the XML parser, with their locations.

/// The error for bytes that are not a well-formed XML document, or exceed a limit of the parser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {flaw}")]
pub struct NotWellFormed {
    /// Bytes before the flaw.
    pub offset: usize,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its column in characters, counted from 1.
    pub column: usize,
    /// The reason.
    pub flaw: Flaw,
}

/// Why a document is refused. The numbers in the docs below are the productions and constraints of XML 1.0 (fifth
/// edition) and Namespaces in XML 1.0 (third edition).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// XML 1.0, 4.3.3: fatal for a UTF-8 document.
    #[error("not UTF-8")]
    NotUtf8,
    /// XML 1.0, production 2.
    #[error("the character U+{0:04X} is not allowed in XML")]
    Character(u32),
    /// Markup that does not end, or ends what did not start.
    #[error("{0}")]
    Syntax(String),
    /// Refused by choice: it could define entities.
    #[error("a document type declaration is not accepted")]
    DocumentType,
    /// XML 1.0, productions 23 to 32.
    #[error("the XML declaration {0}")]
    Declaration(&'static str),
    /// XML 1.0, production 1.
    #[error("there is no root element")]
    NoRoot,
    /// XML 1.0, production 1.
    #[error("there is a second root element")]
    SecondRoot,
    /// XML 1.0, production 27.
    #[error("there is text outside the root element")]
    TextOutside,
    /// XML 1.0, production 39.
    #[error("an element is not closed")]
    NotClosed,
    /// XML 1.0, production 5; Namespaces, productions 4 and 7.
    #[error("`{0}` is not a name")]
    Name(String),
    /// XML 1.0, production 14.
    #[error("`]]>` in text")]
    SectionEnd,
    /// XML 1.0, production 15.
    #[error("`--` in a comment")]
    DoubleHyphen,
    /// XML 1.0, production 17.
    #[error("the processing instruction target `{0}` is reserved")]
    Target(String),
    /// XML 1.0, production 40.
    #[error("no white space before an attribute")]
    AttributesTouch,
    /// XML 1.0, productions 10, 25 and 41.
    #[error("the attribute `{0}` has no quoted value")]
    NoValue(String),
    /// XML 1.0, constraint "No < in Attribute Values".
    #[error("`<` in an attribute value")]
    LessThan,
    /// XML 1.0, constraint "Unique Att Spec"; Namespaces, 6.3.
    #[error("the attribute `{0}` stands twice")]
    Duplicate(String),
    /// XML 1.0, productions 66 and 68; no entities but the five that are predefined.
    #[error("`&{0};` is not a reference to a character or a predefined entity")]
    Reference(String),
    /// Namespaces, constraint "Prefix Declared".
    #[error("the prefix `{0}` is not declared")]
    Prefix(String),
    /// Namespaces, constraints "Reserved Prefixes and Namespace Names" and "No Prefix Undeclaring".
    #[error("the prefix `{0}` cannot be declared so")]
    Binding(String),
    /// It exceeds a limit of the parser: what, and how many are allowed.
    #[error("more than {1} {0}")]
    TooMany(&'static str, usize),
}

/// A flaw and its byte offset in the source.
pub(super) struct LocatedFlaw {
    pub(super) at: usize,
    pub(super) flaw: Flaw,
}

impl LocatedFlaw {
    /// Adds line and column. `mark` is the length of the byte order mark before the source.
    pub(super) fn located(self, source: &str, mark: usize) -> NotWellFormed {
        // Computed only for the one error that is reported, so the parser keeps no line count.
        let before = source.get(..self.at).unwrap_or(source);
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().map_or(1, |last| last.chars().count() + 1);
        NotWellFormed { offset: mark + self.at, line, column, flaw: self.flaw }
    }
}

/// The first 80 characters of a text, for a message.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A slice of the source with its byte offset, so that every flaw found in it has a location.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Piece<'a> {
    /// The rest after `bytes` bytes.
    pub(super) fn after(self, bytes: usize) -> Self {
        Self { text: self.text.get(bytes..).unwrap_or_default(), at: self.at + bytes }
    }

    /// The first `bytes` bytes.
    pub(super) fn before(self, bytes: usize) -> Self {
        Self { text: self.text.get(..bytes).unwrap_or(self.text), at: self.at }
    }

    /// A flaw at its first byte.
    pub(super) fn fault(self, flaw: Flaw) -> LocatedFlaw {
        LocatedFlaw { at: self.at, flaw }
    }

    /// The part between a prefix and a suffix; `None` if it lacks one of them.
    pub(super) fn between(self, prefix: &str, suffix: &str) -> Option<Piece<'a>> {
        let text = self.text.strip_prefix(prefix)?.strip_suffix(suffix)?;
        Some(Piece { text, at: self.at + prefix.len() })
    }
}
