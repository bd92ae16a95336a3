//! The form of a section.

/// Declares a section: a struct of optional values and of the sections `with` it, and the function that merges two of them.
macro_rules! section {
    (
        $(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),* $(,)? }
        $(with { $($section:ident : $section_type:ty),+ $(,)? })?
    ) => {
        $(#[$meta])*
        // Unknown keys are refused: a mistyped key would leave a default in force.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: Option<$type>,)*
            $($(pub(crate) $section: $section_type,)+)?
        }

        impl $name {
            /// Merges two sections: these values, and those of `other` where these are not set.
            pub(super) fn over(self, other: Self) -> Self {
                Self {
                    $($field: self.$field.or(other.$field),)*
                    $($($section: self.$section.over(other.$section),)+)?
                }
            }
        }
    };
}

pub(super) use section;
