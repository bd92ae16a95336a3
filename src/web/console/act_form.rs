//! A form of something that may be done now about what a page shows.

use super::order_fields::Field;

/// A form.
pub(super) struct ActForm {
    /// What tells it from the others on the page.
    pub(super) key: String,
    pub(super) title: &'static str,
    /// Who brings the event about: `Party`, `DCC`, `CSP`.
    pub(super) by: String,
    pub(super) hint: &'static str,
    /// Where it is sent to.
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    /// Whether it brings a file.
    pub(super) is_upload: bool,
    /// Whether its fields are shown at once.
    pub(super) is_open: bool,
}
