//! CSPM-N3: a batch of hubs in, an outcome for each out, in one transaction (MP155-R26, R27).

use std::collections::BTreeMap;

use super::{
    App, Fault,
    message::digest_of,
    ticket::{ReplySender, Ticket},
};
use crate::{
    clock::Stopwatch,
    db::Connection,
    domain::{Csp, Eui64, HubBatch, HubDecision, HubNotification, HubOutcome, Now, RequestId},
    duis::xml::{self, NoHubBatch},
    rules::n3::{self, KnownHubs},
    store::{self, NewAnswer, NewDecision},
};

/// Who may send batches, and what they may do.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// The CSPs.
    pub csps: Vec<Csp>,
    /// Whether they may update hubs that are known.
    pub known_hubs: KnownHubs,
}

impl Gateway {
    /// The CSP of that certificate.
    pub fn csp(&self, id: Eui64) -> Option<&Csp> {
        self.csps.iter().find(|csp| csp.id == id)
    }
}

/// What a batch gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubReply {
    /// An outcome for each hub.
    Answer(Vec<u8>),
    /// It is not XML we read: where and why.
    NotXml(String),
    /// It is not what the schema says: where and why.
    Invalid(String),
    /// It carries more than one call may.
    TooMany(String),
    /// The number of the batch was used before.
    Used(String),
}

/// A decoded batch, and what its decision needs beside it.
struct VerifiedBatch {
    hubs: HubBatch,
    digest: [u8; 32],
    csp: Csp,
    known_hubs: KnownHubs,
    id: RequestId,
    now: Now,
    span: tracing::Span,
}

/// What the transaction leaves of a batch.
struct DecidedBatch {
    reply: HubReply,
    /// How often each outcome came about, and each rule decided; empty where nothing was decided.
    outcomes: BTreeMap<HubOutcome, usize>,
    rules: BTreeMap<&'static str, usize>,
}

impl DecidedBatch {
    const fn undecided(reply: HubReply) -> Self {
        Self { reply, outcomes: BTreeMap::new(), rules: BTreeMap::new() }
    }
}

impl App {
    /// Submits a batch of hubs of that CSP, whose certificate the connection has proven. What it did is on the disk when its
    /// ticket has the reply. Does not block.
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
            Err(fault) => return reply.send(move || Ok(refused(&csp, &fault))),
        };
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

    /// Counts and logs how a batch ended.
    fn complete_hubs(
        &self,
        id: RequestId,
        outcome: Result<DecidedBatch, Fault>,
        stopwatch: &Stopwatch,
    ) -> Result<HubReply, Fault> {
        let DecidedBatch { reply, outcomes, rules } = self.noted(outcome)?;
        for (rule, times) in rules {
            self.0.metrics.decided_times(rule, times);
        }
        log_outcome(id, &reply, &outcomes, stopwatch.milliseconds());
        Ok(reply)
    }

    /// All that one batch does to the store, and its answer.
    fn decide_hubs(
        &self,
        connection: &mut Connection,
        verified: &VerifiedBatch,
    ) -> Result<DecidedBatch, Fault> {
        let VerifiedBatch { hubs: batch, digest, csp, known_hubs, id, now, span: _ } = verified;
        if let Some(first) = store::first_answer(connection, id)? {
            return Ok(DecidedBatch::undecided(again(batch.id, first, digest)));
        }
        let facts = store::load_hub_facts(connection, &batch.hubs)?;
        let codes = &self.0.choices.codes;
        let decisions = batch.hubs.iter().zip(&facts);
        let decisions = decisions.map(|(hub, facts)| n3::decide(hub, facts, csp, *known_hubs, codes));
        let decisions = decisions.collect::<Vec<_>>();
        store::apply_hubs(connection, &batch.hubs, &decisions, (csp, *id), *now)?;
        let records = batch.hubs.iter().zip(&decisions);
        let records = records.map(|(hub, decision)| self.hub_record(verified, hub, decision));
        store::record_decisions(connection, &self.0.choices.instance, records)?;
        let answer = xml::encode_hubs(batch, &decisions, csp.id, now.0).into_bytes();
        let first = NewAnswer { id, digest, answer: &answer, at: *now };
        store::remember(connection, &[first])?;
        Ok(done(answer, &decisions))
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
        }
    }
}

fn done(answer: Vec<u8>, decisions: &[HubDecision]) -> DecidedBatch {
    let (mut outcomes, mut rules) = (BTreeMap::new(), BTreeMap::new());
    for decision in decisions {
        *outcomes.entry(decision.outcome).or_default() += 1;
        let rule = decision.decided_by().map_or("", |rule| rule.id);
        *rules.entry(rule).or_default() += 1;
    }
    DecidedBatch { reply: HubReply::Answer(answer), outcomes, rules }
}

/// The number was used: the very same message gets the first answer again, as long as that is kept (SMI.md 3/6).
fn again(number: u64, first: store::FirstAnswer, digest: &[u8; 32]) -> HubReply {
    match first.answer {
        Some(answer) if first.digest == *digest => HubReply::Answer(answer),
        Some(_) => HubReply::Used(format!("batchId `{number}` was used before, by another message")),
        None => {
            let reason = "was used before; the first answer is no longer kept, so it cannot be given again";
            HubReply::Used(format!("batchId `{number}` {reason}"))
        }
    }
}

fn refused(csp: &Csp, fault: &NoHubBatch) -> HubReply {
    let reason = fault.to_string();
    match fault {
        NoHubBatch::NotXml(_) => HubReply::NotXml(reason),
        NoHubBatch::TooMany(_) => HubReply::TooMany(reason),
        NoHubBatch::Invalid { place, .. } => {
            tracing::warn!(csp = %csp.id, place, "batch of hubs refused");
            HubReply::Invalid(reason)
        }
    }
}

fn log_outcome(id: RequestId, reply: &HubReply, outcomes: &BTreeMap<HubOutcome, usize>, ms: u64) {
    let of = |outcome| outcomes.get(&outcome).copied().unwrap_or_default();
    match reply {
        HubReply::Answer(_) if outcomes.is_empty() => {
            tracing::info!(request_id = %id, ms, "repeated batch of hubs: first answer sent again");
        }
        HubReply::Answer(_) => {
            let (new, updated) = (of(HubOutcome::New), of(HubOutcome::Updated));
            let (unchanged, refused) = (of(HubOutcome::Unchanged), of(HubOutcome::Refused));
            tracing::info!(request_id = %id, new, updated, unchanged, refused, ms, "batch of hubs decided");
        }
        HubReply::NotXml(_) | HubReply::Invalid(_) | HubReply::TooMany(_) | HubReply::Used(_) => {
            tracing::warn!(request_id = %id, ms, "batch of hubs refused: batchId used before");
        }
    }
}
