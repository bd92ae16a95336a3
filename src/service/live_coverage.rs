//! Asking CSPs, before the transaction in which a request is decided: the writer never waits for them.

use super::{App, Fault};
use crate::{
    db::StoreFault,
    domain::{Account, Arrival, Body, Case, Facts, LiveCoverage, Request, RequestIdUse, Trace},
    rules::access,
    service::csp::Csps,
    store,
};

impl App {
    /// What CSPs say of the place that a request asks about. They are asked only for an SR 12.1 that is not a
    /// repetition and whose sender may send it: no other message makes this service ask anything.
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
        if !self.may_be_sent(request, arrival.into())? {
            return Ok(csps.not_asked());
        }
        Ok(csps.ask(place, &self.0.choices.csp_unavailable))
    }

    /// Whether CSPs are asked for such a request at all.
    pub(super) fn may_ask(&self, request: &Request) -> bool {
        self.0.csps.is_some() && matches!(request.body, Body::RequestWanMatrix(_))
    }

    /// That CSPs were not asked, where there are any.
    pub fn no_csp_asked(&self) -> LiveCoverage {
        self.0.csps.as_ref().map(Csps::not_asked).unwrap_or_default()
    }

    /// As if no CSP had been asked yet.
    pub(super) fn forget_csps(&self) {
        if let Some(csps) = &self.0.csps {
            csps.reset();
        }
    }

    /// As the decision will find it, unless something changes in between: then it finds that nobody was asked.
    fn may_be_sent(&self, request: &Request, arrival: Arrival) -> Result<bool, Fault> {
        let account = self.0.store.read(|connection| {
            let used = store::first_answer(connection, &request.id)?.is_some();
            let request_id = if used { RequestIdUse::ByAnother } else { RequestIdUse::New };
            Ok::<_, StoreFault>(Account {
                request_id,
                user: store::find_user(connection, request.id.originator)?,
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
