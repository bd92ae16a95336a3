//! What is said about one setting.

/// A section of the settings file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its name in TOML, `server.tls`.
    pub name: &'static str,
    /// What it is for, and when it may be left out.
    pub about: &'static str,
    /// Its keys, in the order of the file.
    pub keys: &'static [Key],
}

impl Section {
    pub(super) const fn new(name: &'static str, about: &'static str, keys: &'static [Key]) -> Self {
        Self { name, about, keys }
    }

    /// The environment variable that sets this key of the section.
    pub fn variable(&self, key: &Key) -> String {
        variable_name(self.name, key.name)
    }
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name within the section.
    pub name: &'static str,
    /// The value in force where it is not set, as TOML; absent where there is none.
    pub default: Option<&'static str>,
    /// Which values it accepts.
    pub accepts: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// How the value of the environment variable is read.
    pub(in crate::settings) quoting: Quoting,
}

impl Key {
    /// A key whose value is a string in TOML.
    pub(super) const fn text(
        name: &'static str,
        default: &'static str,
        accepts: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, default: some(default), accepts, meaning, quoting: Quoting::Text }
    }

    /// A key whose value is a number, a truth value or a list in TOML.
    pub(super) const fn plain(
        name: &'static str,
        default: &'static str,
        accepts: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, default: some(default), accepts, meaning, quoting: Quoting::Plain }
    }
}

const fn some(text: &'static str) -> Option<&'static str> {
    if text.is_empty() { None } else { Some(text) }
}

/// How a value is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::settings) enum Quoting {
    /// As a string.
    Text,
    /// As it is: a number, a truth value, a list.
    Plain,
}

/// `SMI_SERVER_TLS_KEY` for the key `key` of the section `server.tls`.
pub(in crate::settings) fn variable_name(section: &str, key: &str) -> String {
    format!("SMI_{section}_{key}").replace(['.', ' '], "_").to_uppercase()
}
