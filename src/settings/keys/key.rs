//! The description of one setting, and of a section.

/// A section of the settings file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its name in TOML, `server.tls`.
    pub name: &'static str,
    /// Its purpose, and when it may be left out.
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
    /// The default, as TOML; absent if there is none.
    pub default: Option<&'static str>,
    /// The accepted values.
    pub accepts: &'static str,
    /// The meaning.
    pub meaning: &'static str,
    /// Whether the value of the environment variable is quoted before it is parsed.
    pub(in crate::settings) quoting: Quoting,
}

impl Key {
    /// A key whose value is a TOML string.
    pub(super) const fn text(
        name: &'static str,
        default: &'static str,
        accepts: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, default: some(default), accepts, meaning, quoting: Quoting::Text }
    }

    /// A key whose value is a TOML number, Boolean or array.
    pub(super) const fn plain(
        name: &'static str,
        default: &'static str,
        accepts: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, default: some(default), accepts, meaning, quoting: Quoting::Plain }
    }
}

/// The default that a key is declared with; an empty text means none.
const fn some(text: &'static str) -> Option<&'static str> {
    if text.is_empty() { None } else { Some(text) }
}

/// The form of a value in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::settings) enum Quoting {
    /// A string, in quotation marks.
    Text,
    /// A number, a Boolean or an array.
    Plain,
}

/// The name of an environment variable: `SMI_SERVER_TLS_KEY` for the key `key` of the section `server.tls`.
pub(in crate::settings) fn variable_name(section: &str, key: &str) -> String {
    // Names of environment variables have neither the dots of sections nor the spaces of keys.
    format!("SMI_{section}_{key}").replace(['.', ' '], "_").to_uppercase()
}
