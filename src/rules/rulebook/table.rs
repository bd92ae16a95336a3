//! The `rules!` macro, which declares a table of rules.

/// Declares the rules of one table, in order, as constants and as the list `ALL`.
macro_rules! rules {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $requires:literal, $code:ident $code_standing:ident, $standing:ident $source:literal, $remedy:literal;)+) => {
        $($(#[$meta])*
        #[doc = concat!("`", $id, "`: ", $requires, ". Source: ", $source, ".")]
        pub const $name: &$crate::domain::Rule = &$crate::domain::Rule {
            id: $id,
            requires: $requires,
            code: $crate::domain::ResponseCode::$code,
            standing: $crate::domain::Standing::$standing,
            code_standing: $crate::domain::Standing::$code_standing,
            source: $source,
            remedy: $remedy,
        };)+

        /// The rules of this table, in the order in which they are checked.
        pub const ALL: &[&$crate::domain::Rule] = &[$($name),+];
    };
}

pub(crate) use rules;
