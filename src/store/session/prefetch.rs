//! Prefetching: what a batch needs is loaded from a server in rounds, each by one statement for each kind of row.
//!
//! A round decides the requests of the batch on trial, on what the cache has. What it lacks counts as absent, and is noted. The
//! missing rows are loaded together, and the next round gets further. So the code that loads the facts of a request is written
//! plainly, a row after the other, and the number of statements depends on how far a request looks, not on how many there are.

use super::{Session, wanted::Wanted};
use crate::db::StoreFault;

/// The most rounds. The longest way of a request from row to row has five; what is missing after the last round is loaded when it is needed.
const MAX_ROUNDS: usize = 8;

impl Session<'_> {
    /// Fills the cache with the rows that `trial` asks for. It is run once for each round, and its result is dropped: it must change
    /// nothing, and may see rows as absent that are not. On a file nothing is prefetched: a query there is no round trip.
    ///
    /// # Errors
    /// When the trial fails, or the database, or it holds a value that cannot be read back.
    pub fn prefetch<F: From<StoreFault>>(
        &mut self,
        mut trial: impl FnMut(&mut Self) -> Result<(), F>,
    ) -> Result<(), F> {
        if !self.is_remote() {
            return Ok(());
        }
        for _ in 0..MAX_ROUNDS {
            self.wanted = Some(Wanted::default());
            let done = trial(self);
            let wanted = self.wanted.take().unwrap_or_default();
            done?;
            if wanted.is_empty() {
                break;
            }
            self.load(wanted)?;
        }
        Ok(())
    }
}
