//! The forward schedule of maintenance, from what is told and what is planned (SERVICE.md 5.2; MP092-R26, R28).

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::maintenance::WindowCategory,
    hash::Hasher,
    rules::forward_schedule::{ForwardSpan, ForwardWindow, forward_schedule},
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
) -> Result<Vec<ForwardWindow>, StoreFault> {
    let told = store::published_after(connection, span.from)?;
    let working = store::windows_after(connection, span.from)?;
    Ok(forward_schedule(&told, &working, span, category))
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
        self.store().read(|connection| Ok((span, forward_windows(connection, span, category)?)))
    }

    /// A tag of a text that is given out again and again: another text has another one.
    pub fn content_tag(text: &str) -> String {
        let mut hasher = Hasher::of("content");
        hasher.bytes(text.as_bytes());
        hasher.finish().to_string()
    }
}
