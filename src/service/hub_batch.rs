//! CSPM-N3: decides a batch of Communications Hub notifications in one transaction, with an outcome for each hub
//! (MP155-R26, R27).

use std::collections::BTreeMap;

use super::{
    App, Fault,
    message::digest_of,
    reflash::told_by_csp,
    ticket::{ReplySender, Ticket},
};
use crate::{
    clock::Stopwatch,
    db::Connection,
    domain::{
        Csp, Eui64, HubBatch, HubDecision, HubNotification, HubOutcome, Now, RequestId, reflash::OrderEvent,
    },
    duis::xml::{self, HubBatchFault},
    rules::n3::{self, KnownHubs},
    store::{self, NewAnswer, NewDecision},
};

/// The access list of the CSP gateway: the CSPs that may send batches, and whether they may update hubs.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// The CSPs.
    pub csps: Vec<Csp>,
    /// The treatment of hubs that are known.
    pub known_hubs: KnownHubs,
}

impl Gateway {
    /// The CSP with the EUI-64 of a client certificate.
    pub fn csp(&self, id: Eui64) -> Option<&Csp> {
        self.csps.iter().find(|csp| csp.id == id)
    }
}

/// The reply to a batch of hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubReply {
    /// The answer, with an outcome for each hub.
    Answer(Vec<u8>),
    /// The message is not XML that is accepted here: the place and the reason.
    NotXml(String),
    /// The message is not valid against the schema: the place and the reason.
    Invalid(String),
    /// The batch has more hubs than one call may have.
    TooMany(String),
    /// The number of the batch was used before, by another message.
    Used(String),
}

/// A decoded batch of a CSP whose certificate was verified, with all that its decision needs.
struct VerifiedBatch {
    hubs: HubBatch,
    digest: [u8; 32],
    csp: Csp,
    known_hubs: KnownHubs,
    id: RequestId,
    now: Now,
    span: tracing::Span,
}

/// The result of a batch's transaction.
struct DecidedBatch {
    reply: HubReply,
    /// The number of hubs by outcome; empty if nothing was decided.
    outcomes: BTreeMap<HubOutcome, usize>,
    /// The number of hubs by deciding rule, for the metrics.
    rules: BTreeMap<&'static str, usize>,
    /// The number of re-flash orders whose hubs have outcomes by it.
    orders: usize,
}

impl DecidedBatch {
    /// A reply without a decision, as to a repeated batch.
    const fn undecided(reply: HubReply) -> Self {
        Self { reply, outcomes: BTreeMap::new(), rules: BTreeMap::new(), orders: 0 }
    }
}

impl App {
    /// Submits a batch of hubs of the CSP that the client certificate of the connection names, without blocking. When its
    /// ticket has the reply, its changes are committed.
    pub fn submit_hubs(
        &self,
        message: impl AsRef<[u8]> + Send + 'static,
        csp: Csp,
        known_hubs: KnownHubs,
    ) -> Ticket<HubReply> {
        let (reply, ticket) = Ticket::new();
        let (app, span) = (self.clone(), tracing::Span::current());
        self.0.verify_pool.run(move || {
            let _entered = span.entered();
            app.process_hubs(message.as_ref(), csp, known_hubs, reply);
        });
        ticket
    }

    fn process_hubs(&self, message: &[u8], csp: Csp, known_hubs: KnownHubs, reply: ReplySender<HubReply>) {
        let (now, stopwatch) = (self.0.clock.now(), Stopwatch::start());
        let hubs = match xml::decode_hubs(message) {
            Ok(hubs) => hubs,
            Err(fault) => return reply.send(move || Ok(reply_to_undecodable(&csp, &fault))),
        };
        // A RequestID for the batch, so that decision records and repetitions work as they do for Service Requests.
        let id = RequestId { originator: csp.id, target: self.0.choices.dcc, counter: hubs.id };
        let (digest, span) = (digest_of(message), tracing::Span::current());
        let batch = VerifiedBatch { hubs, digest, csp, known_hubs, id, now, span };
        let app = self.clone();
        let work =
            move |connection: &mut Connection| batch.span.in_scope(|| app.decide_hubs(connection, &batch));
        let app = self.clone();
        self.0.store.submit(work, move |outcome| {
            reply.send(move || app.complete_hubs(id, outcome, &stopwatch));
        });
    }

    /// Counts and logs the result of a batch. Runs on the thread that waits for the ticket.
    fn complete_hubs(
        &self,
        id: RequestId,
        outcome: Result<DecidedBatch, Fault>,
        stopwatch: &Stopwatch,
    ) -> Result<HubReply, Fault> {
        let DecidedBatch { reply, outcomes, rules, orders } = self.count_fault(outcome)?;
        self.0.metrics.hub_events(OrderEvent::Outcome, orders);
        for (rule, times) in rules {
            self.0.metrics.decided_times(rule, times);
        }
        log_outcome(id, &reply, &outcomes, stopwatch.milliseconds());
        Ok(reply)
    }

    /// Decides a batch within a transaction: applies the changes, records the decisions and stores the answer.
    fn decide_hubs(
        &self,
        connection: &mut Connection,
        verified: &VerifiedBatch,
    ) -> Result<DecidedBatch, Fault> {
        let VerifiedBatch { hubs: batch, digest, csp, known_hubs, id, now, span: _ } = verified;
        if let Some(first) = store::first_answer(connection, id)? {
            return Ok(DecidedBatch::undecided(reply_to_used_id(batch.id, first, digest)));
        }
        // Facts for all hubs are loaded before any is decided. That is safe, as a hub whose ID is in the batch twice is
        // refused: no decision depends on the changes of another.
        let facts = store::load_hub_facts(connection, &batch.hubs, self.0.choices.reflash.smi_update)?;
        let codes = &self.0.choices.codes;
        let decisions = batch.hubs.iter().zip(&facts);
        let decisions = decisions.map(|(hub, facts)| n3::decide(hub, facts, csp, *known_hubs, codes));
        let decisions = decisions.collect::<Vec<_>>();
        store::apply_hubs(connection, &batch.hubs, &decisions, (csp, *id), *now)?;
        let records = batch.hubs.iter().zip(&decisions);
        let records = records.map(|(hub, decision)| self.hub_record(verified, hub, decision));
        store::record_decisions(connection, &self.0.choices.instance, records)?;
        let told = batch.hubs.iter().zip(&facts).zip(&decisions).map(|((hub, facts), decision)| {
            let reflashed = n3::reflashed_on(hub, facts, decision);
            (hub.chf, reflashed, n3::told_beside_ssmi(facts))
        });
        let orders = told_by_csp(connection, told, csp.id, *now)?;
        let answer = xml::encode_hubs(batch, &decisions, csp.id, now.0).into_bytes();
        let first = NewAnswer { id, digest, answer: &answer, at: *now };
        store::insert_first_answers(connection, &[first])?;
        Ok(decided(answer, &decisions, orders))
    }

    fn hub_record<'a>(
        &'a self,
        verified: &'a VerifiedBatch,
        hub: &HubNotification,
        decision: &'a HubDecision,
    ) -> NewDecision<'a> {
        NewDecision {
            request_id: &verified.id,
            user: verified.csp.id,
            device: Some(hub.chf),
            variant: None,
            code: decision.code,
            rule: decision.decided_by(),
            at: verified.now,
            steps: &decision.steps,
            changes: &[],
            is_first_answer: false,
        }
    }
}

/// The result of a decided batch, with its counts.
fn decided(answer: Vec<u8>, decisions: &[HubDecision], orders: usize) -> DecidedBatch {
    let (mut outcomes, mut rules) = (BTreeMap::new(), BTreeMap::new());
    for decision in decisions {
        *outcomes.entry(decision.outcome).or_default() += 1;
        let rule = decision.decided_by().map_or("", |rule| rule.id);
        *rules.entry(rule).or_default() += 1;
    }
    DecidedBatch { reply: HubReply::Answer(answer), outcomes, rules, orders }
}

/// The reply to a number that was used before. The same message gets the first answer again, while that is kept
/// (SMI.md 3/6).
fn reply_to_used_id(number: u64, first: store::FirstAnswer, digest: &[u8; 32]) -> HubReply {
    match first.answer {
        Some(answer) if first.digest == *digest => HubReply::Answer(answer),
        Some(_) => HubReply::Used(format!("batchId `{number}` was used before, by another message")),
        None => {
            let reason = "was used before; the first answer is no longer kept, so it cannot be given again";
            HubReply::Used(format!("batchId `{number}` {reason}"))
        }
    }
}

/// The reply to a message that could not be decoded.
fn reply_to_undecodable(csp: &Csp, fault: &HubBatchFault) -> HubReply {
    let reason = fault.to_string();
    match fault {
        HubBatchFault::NotXml(_) => HubReply::NotXml(reason),
        HubBatchFault::TooMany(_) => HubReply::TooMany(reason),
        HubBatchFault::Invalid { location, .. } => {
            // The location alone: the reason quotes values of the message.
            tracing::warn!(csp = %csp.id, place = location, "hub batch refused");
            HubReply::Invalid(reason)
        }
    }
}

fn log_outcome(id: RequestId, reply: &HubReply, outcomes: &BTreeMap<HubOutcome, usize>, ms: u64) {
    let of = |outcome| outcomes.get(&outcome).copied().unwrap_or_default();
    match reply {
        HubReply::Answer(_) if outcomes.is_empty() => {
            tracing::info!(request_id = %id, ms, "hub batch repeated: first answer sent again");
        }
        HubReply::Answer(_) => {
            let (new, updated) = (of(HubOutcome::New), of(HubOutcome::Updated));
            let (unchanged, refused) = (of(HubOutcome::Unchanged), of(HubOutcome::Refused));
            tracing::info!(request_id = %id, new, updated, unchanged, refused, ms, "hub batch decided");
        }
        HubReply::NotXml(_) | HubReply::Invalid(_) | HubReply::TooMany(_) | HubReply::Used(_) => {
            tracing::warn!(request_id = %id, ms, "hub batch refused: batchId used before");
        }
    }
}
