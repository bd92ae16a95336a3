//! A request for a re-flash at the console: looked at, and sent when its reader has seen what came of that. Meanwhile its file is kept.

use std::collections::BTreeSet;

use super::uploads::Upload;
use crate::{
    domain::ActorName,
    service::{App, ReflashFault, RequestDraft, ShownOrder},
    store,
};

/// Why nothing was done with a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestRefused {
    /// It is kept no more.
    #[error("the file is kept no more")]
    Gone,
    /// Its file cannot be kept.
    #[error("the file cannot be kept: {0}")]
    NotKept(#[from] std::io::Error),
    /// The service does not take it.
    #[error(transparent)]
    Reflash(#[from] ReflashFault),
}

/// A request that was looked at.
#[derive(Clone, Debug)]
pub struct TriedRequest {
    /// What was asked for.
    pub draft: RequestDraft,
    /// The order that it would be, without a number.
    pub shown: ShownOrder,
}

impl App {
    /// Looks at a request, and keeps it for a while under the number that is returned.
    ///
    /// # Errors
    /// When there is no service, no such User, or the file cannot be read or kept.
    pub fn keep_reflash_request(&self, draft: RequestDraft, file: &[u8]) -> Result<u64, RequestRefused> {
        self.request_reflash(draft.clone(), file, true)?;
        Ok(self.0.console.requests.keep(draft, file)?)
    }

    /// Looks at a request that is kept, as it would be judged now.
    ///
    /// # Errors
    /// When it is kept no more, there is no service, or the store fails.
    pub fn try_kept_request(&self, number: u64) -> Result<TriedRequest, RequestRefused> {
        let kept = self.kept_request(number)?;
        let shown = self.request_reflash(kept.about.clone(), &kept.whole()?, true)?;
        Ok(TriedRequest { draft: kept.about, shown })
    }

    /// Sends a request that is kept, and returns its order.
    ///
    /// # Errors
    /// When it is kept no more, or not taken as [`App::request_reflash`] says.
    pub fn send_kept_request(&self, number: u64, by: ActorName) -> Result<ShownOrder, RequestRefused> {
        let kept = self.kept_request(number)?;
        let draft = RequestDraft { by: Some(by), ..kept.about.clone() };
        let shown = self.request_reflash(draft, &kept.whole()?, false)?;
        self.0.console.requests.remove(number);
        Ok(shown)
    }

    /// The lines without fault of a request that is kept, as a file, and how many they are.
    ///
    /// # Errors
    /// When it is kept no more, there is no service, or the store fails.
    pub fn good_lines_of_kept(&self, number: u64) -> Result<(Vec<u8>, usize), RequestRefused> {
        let tried = self.try_kept_request(number)?;
        let whole = self.kept_request(number)?.whole()?;
        let mut good = store::read_reflash_request(whole.as_slice()).map_err(ReflashFault::of_file)?;
        let faulty = tried.shown.faulty_lines.into_iter().collect::<BTreeSet<_>>();
        good.retain(|line| !faulty.contains(&line.line));
        let mut file = Vec::new();
        store::write_reflash_request(&mut file, &good).map_err(std::io::Error::other)?;
        Ok((file, good.len()))
    }

    /// Keeps the lines without fault of a request as another request, which states their number, and returns the number that it is kept
    /// under.
    ///
    /// # Errors
    /// When it is kept no more, no line is without fault, or as [`App::keep_reflash_request`].
    pub fn keep_good_lines(&self, number: u64) -> Result<u64, RequestRefused> {
        let draft = self.kept_request(number)?.about;
        let (file, lines) = self.good_lines_of_kept(number)?;
        let draft = RequestDraft { hubs: u32::try_from(lines).ok(), ..draft };
        self.keep_reflash_request(draft, &file)
    }

    fn kept_request(&self, number: u64) -> Result<Upload<RequestDraft>, RequestRefused> {
        self.0.console.requests.find(number).ok_or(RequestRefused::Gone)
    }
}
