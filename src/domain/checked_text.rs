//! The `checked_text!` macro: declares a text with what it may be.

/// Declares a text that is valid by construction: what it is expected to be, in words, and whether a text is that.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $expected:literal, $is_valid:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, unchanged.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_valid: fn(&str) -> bool = $is_valid;
                let valid = is_valid(text).then(|| Self(text.to_owned()));
                valid.ok_or_else(|| $crate::domain::Malformed::new(text, $expected))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

pub(in crate::domain) use checked_text;
