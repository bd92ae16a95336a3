//! The forward schedule of maintenance, from what is told and what is planned (SERVICE.md 5.2; MP092-R26, R28).

use std::collections::BTreeSet;

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::maintenance::WindowCategory,
    hash::Hasher,
    rules::{
        forward_schedule::{ForwardSpan, ForwardWindow, forward_schedule},
        maintenance::MaintenanceSettings,
    },
    store,
};

/// The forward schedule of a span; of a category its windows alone.
///
/// # Errors
/// When the store fails.
pub fn forward_windows(
    connection: &mut Connection,
    span: ForwardSpan,
    category: Option<WindowCategory>,
    settings: &MaintenanceSettings,
) -> Result<Vec<ForwardWindow>, StoreFault> {
    let mut told = store::published_after(connection, span.from)?;
    let working = store::windows_after(connection, span.from)?;
    // What was told for another time is no draft, whatever time it is planned for now.
    let known = told.iter().map(|one| &one.reference).collect::<BTreeSet<_>>();
    let others = working.iter().map(|window| &window.reference).filter(|one| !known.contains(one)).collect();
    let others = store::newest_published(connection, &others)?;
    told.extend(others.into_values());
    Ok(forward_schedule(&told, &working, span, (category, settings)))
}

impl App {
    /// The forward schedule from this month on, with the span that it covers.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forward_windows(
        &self,
        months: u16,
        category: Option<WindowCategory>,
    ) -> Result<(ForwardSpan, Vec<ForwardWindow>), Fault> {
        let span = ForwardSpan::of(self.clock().now().0, months);
        let settings = &self.choices().maintenance;
        self.store().read(|connection| Ok((span, forward_windows(connection, span, category, settings)?)))
    }

    /// A tag of a text that is given out again and again: another text has another one.
    pub fn content_tag(text: &str) -> String {
        let mut hasher = Hasher::of("content");
        hasher.bytes(text.as_bytes());
        hasher.finish().to_string()
    }
}
