//! The decision of one request: loads the facts, checks access, applies the rules. Changes nothing.

use super::{App, Fault, gathered::Gathered, gathering::merge_gathered};
use crate::{
    db::Connection,
    domain::{Arrival, Decision, Now, Request, RequestIdUse, Trace},
    rules::{self, TsatMode, access, rulebook::common},
    store::{self, FirstAnswer, Session},
};

impl App {
    /// Decides a request for which nothing was gathered; see [`App::decide_with`].
    ///
    /// # Errors
    /// When the store fails.
    pub fn decide(
        &self,
        connection: &mut Connection,
        request: &Request,
        arrival: impl Into<Arrival>,
        now: Now,
    ) -> Result<Decision, Fault> {
        self.decide_with(connection, request, &self.nothing_gathered(), arrival, now)
    }

    /// Decides a verified request on the current state of the store, with what was gathered for it. `smi explain` calls it, and
    /// nothing is changed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decide_with(
        &self,
        connection: &mut Connection,
        request: &Request,
        gathered: &Gathered,
        arrival: impl Into<Arrival>,
        now: Now,
    ) -> Result<Decision, Fault> {
        let mut session = Session::new(connection);
        let first = session.first_answer(&request.id)?;
        let used = FirstAnswer::use_of(first.as_ref());
        self.decide_on(&mut session, request, gathered, used, arrival.into(), now)
    }

    /// Decides a request within a session. `used` is the use of its RequestID before it.
    pub(super) fn decide_on(
        &self,
        session: &mut Session<'_>,
        request: &Request,
        gathered: &Gathered,
        used: RequestIdUse,
        arrival: Arrival,
        now: Now,
    ) -> Result<Decision, Fault> {
        let Arrival { at, peer } = arrival;
        let choices = &self.0.choices;
        let mut facts = store::load_facts(session, request, used, now, &choices.csp_unavailable)?;
        merge_gathered(&mut facts, gathered);
        if choices.rules.tsat != TsatMode::Off {
            store::load_validity(session, &mut facts.case, now)?;
        }
        let mut trace = Trace::new(choices.codes.clone());
        // Noted and not checked: a request that gets here has passed the checks 1 to 4.
        trace.note(common::SCHEMA, true, format!("SR {} {}", request.variant, request.variant.name()));
        trace.note(common::SIGNATURE, true, format!("originator {}", request.id.originator));
        let authorised = access::admit(request, peer, &mut trace)
            .and_then(|()| access::authorise(request, at, choices.dcc, &facts.account, &mut trace));
        Ok(match authorised {
            Err(refusal) => Decision::refuse(trace, refusal),
            Ok(authorised) => rules::decide(&authorised, &facts.case, now, choices.rules, trace),
        })
    }
}
