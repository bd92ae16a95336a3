//! The `closed_set!` macro: declares an enum, the list of its variants and their texts from one table.

/// Declares an enum whose variants, `ALL` list, `as_str` and parser come from one table.
///
/// The text beside each variant is the specification's spelling; parsing is exact.
macro_rules! closed_set {
    ($(#[$meta:meta])* $name:ident, $what:literal, { $($variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant),+
        }

        impl $name {
            /// Every member, in the specification's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The specification's spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // A linear search is fast enough: the largest set has 25 members.
                Self::ALL.iter().copied().find(|member| member.as_str() == text).ok_or_else(|| {
                    let allowed = Self::ALL.iter().map(|member| match member.as_str() {
                        // MP106-R3: a bare space between commas would be invisible in the message.
                        " " => "one space (Unknown)",
                        text => text,
                    });
                    let allowed = allowed.collect::<Vec<_>>();
                    $crate::domain::Malformed::new(text, format!("{}: one of {}", $what, allowed.join(", ")))
                })
            }
        }
    };
}

pub(crate) use closed_set;
