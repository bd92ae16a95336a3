//! Live coverage for a request: CSPs are asked before its transaction, so that the writer never waits for them.

use super::{App, Fault};
use crate::{
    db::StoreFault,
    domain::{Account, Arrival, Body, Case, Facts, LiveCoverage, Request, RequestIdUse, Trace},
    rules::access,
    service::csp::Csps,
    store,
};

impl App {
    /// Asks the CSPs about the place of an SR 12.1, and of no other request. They are not asked for a repeated message, nor
    /// for a sender that may not send it: otherwise anyone with a certificate could make this service send queries.
    ///
    /// # Errors
    /// When the store fails.
    pub fn live_coverage(
        &self,
        request: &Request,
        arrival: impl Into<Arrival>,
    ) -> Result<LiveCoverage, Fault> {
        let (Body::RequestWanMatrix(place), Some(csps)) = (&request.body, &self.0.csps) else {
            return Ok(self.no_csp_asked());
        };
        if !self.would_be_authorised(request, arrival.into(), false)? {
            return Ok(csps.not_asked());
        }
        Ok(csps.ask(place, &self.0.choices.csp_unavailable))
    }

    /// Whether a request needs live coverage: an SR 12.1, where there are CSPs to ask.
    pub(super) fn needs_csp(&self, request: &Request) -> bool {
        self.0.csps.is_some() && matches!(request.body, Body::RequestWanMatrix(_))
    }

    /// Live coverage that records of each CSP that it was not asked.
    pub fn no_csp_asked(&self) -> LiveCoverage {
        self.0.csps.as_ref().map(Csps::not_asked).unwrap_or_default()
    }

    /// Empties the caches of the CSP clients and closes their circuit breakers.
    pub(super) fn reset_csps(&self) {
        if let Some(csps) = &self.0.csps {
            csps.reset();
        }
    }

    /// Whether the checks of access would pass now. The batch makes them again, and its result counts: what changes in
    /// between can only lead to an answer from the extracts.
    pub(super) fn would_be_authorised(
        &self,
        request: &Request,
        arrival: Arrival,
        takes_id_as_new: bool,
    ) -> Result<bool, Fault> {
        // From a reader's snapshot: the writer must not be interrupted for this.
        let account = self.0.store.read(|connection| {
            let used = !takes_id_as_new && store::first_answer(connection, &request.id)?.is_some();
            // A repeated message counts as used too: it gets its first answer, for which no CSP is needed.
            let request_id = if used { RequestIdUse::ByAnother } else { RequestIdUse::New };
            Ok::<_, StoreFault>(Account {
                request_id,
                user: store::find_user(connection, request.id.originator)?,
                // Neither an SR 12.1 nor an SR 11.1 acts on a Device.
                counts_as_import_supplier: false,
            })
        })?;
        let (Arrival { at, peer }, choices) = (arrival, &self.0.choices);
        let mut trace = Trace::new(choices.codes.clone());
        let admitted = access::admit(request, peer, &mut trace);
        let authorised = admitted
            .and_then(|()| access::authorise(request, at, choices.dcc, &account, &mut trace).map(drop));
        Ok(authorised.is_ok())
    }
}

/// Merges the answers of CSPs into the facts of an SR 12.1.
pub(super) fn merge_live_coverage(facts: &mut Facts<'_>, live: &LiveCoverage) {
    if let Case::RequestWanMatrix(_, regions) = &mut facts.case {
        *regions = live.merge(std::mem::take(regions));
    }
}
