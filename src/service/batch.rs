//! Batches: requests that wait at the same time are decided in one transaction, in order, each on the state that the one
//! before it left. They share the cost of a transaction: reading the head of the audit chain, the round trips to a server,
//! and the commit.

use std::{collections::BTreeSet, panic, thread, time::Duration};

use super::{
    App, Fault,
    firmware::tell_contact_required,
    message::cause_of,
    pending::{Decided, VerifiedRequest},
    unrecorded::Unrecorded,
};
use crate::{
    clock::Stopwatch,
    db::{Connection, StoreFault},
    domain::{Body, Change, CountedActivation, Decision, DeviceChange, Eui64, Now, RequestIdUse},
    metrics::Stage,
    rules::{access, rulebook::asks_pre_command},
    store::{FirstAnswer, NewAnswer, Session},
};

/// The most times that a batch takes locks: a home may change before its lock is given, and then again.
const MAX_LOCKINGS: usize = 3;

/// A batch in its transaction.
pub(super) struct Batch<'a> {
    app: &'a App,
    session: Session<'a>,
    /// The snapshot that requests which only read are decided on; none where they may change what they read.
    snapshot: Option<Session<'a>>,
    /// Decisions that are buffered, to be recorded together.
    unrecorded: Vec<Unrecorded<'a>>,
    /// The activations that exceeded a User's day: the User is told.
    exceeding: Vec<(CountedActivation, Now)>,
    /// The results so far, in the order of the requests.
    decided: Vec<Decided>,
}

impl<'a> Batch<'a> {
    /// A batch in the transaction of a connection, which decides on what that transaction reads, or on a snapshot.
    pub(super) fn new(
        app: &'a App,
        connection: &'a mut Connection,
        snapshot: Option<&'a mut Connection>,
    ) -> Self {
        let (session, snapshot) = (Session::new(connection), snapshot.map(Session::new));
        Self { app, session, snapshot, unrecorded: Vec::new(), exceeding: Vec::new(), decided: Vec::new() }
    }

    /// The session that facts are read from.
    fn facts(&mut self) -> &mut Session<'a> {
        self.snapshot.as_mut().unwrap_or(&mut self.session)
    }

    /// Decides the requests in order, and stores their records and answers.
    pub(super) fn decide_all(mut self, requests: &[&'a VerifiedRequest]) -> Result<Vec<Decided>, Fault> {
        self.lock_and_prefetch(requests)?;
        for verified in requests {
            let span = verified.span.clone();
            span.in_scope(|| self.decide(verified))?;
        }
        // Once for the whole batch, not per request: on a server that is one statement instead of many.
        self.record_all()?;
        for (counted, now) in &self.exceeding {
            tell_contact_required(self.session.connection()?, counted, *now)?;
        }
        self.session.finish()?;
        Ok(self.decided)
    }

    /// Locks what the requests are about, and loads what their decisions read.
    fn lock_and_prefetch(&mut self, requests: &[&'a VerifiedRequest]) -> Result<(), Fault> {
        let app = self.app;
        let ids = requests.iter().map(|verified| verified.request.id).collect::<Vec<_>>();
        let changing = requests.iter().filter(|verified| verified.request.body.may_change());
        let mut devices = changing.flat_map(|verified| verified.request.devices()).collect::<BTreeSet<_>>();
        let activating =
            requests.iter().filter(|verified| matches!(verified.request.body, Body::ActivateFirmware(_)));
        let counted = activating.map(|verified| verified.request.id.originator).collect();
        self.session.lock(&ids, &counted, &devices)?;
        self.session.prefetch_answers(&ids)?;
        for _ in 0..MAX_LOCKINGS {
            let mut changed = BTreeSet::new();
            self.facts().prefetch(|session| {
                requests.iter().try_for_each(|verified| {
                    changed.extend(app.decide_on_trial(session, verified)?);
                    Ok::<_, Fault>(())
                })
            })?;
            devices.extend(changed);
            let unlocked = self.session.unlocked(&devices)?;
            if unlocked.is_empty() {
                return Ok(());
            }
            // Out of the order of keys: should another batch wait for this one, the server ends one of them, which is retried.
            self.session.lock(&[], &BTreeSet::new(), &unlocked)?;
        }
        Err(StoreFault::Unavailable("a home changed each time its lock was given".to_owned()).into())
    }

    fn decide(&mut self, verified: &'a VerifiedRequest) -> Result<(), Fault> {
        let VerifiedRequest { request, gathered, digest, arrival, now, queued, .. } = verified;
        let app = self.app;
        app.0.metrics.observe(Stage::Queue, queued.elapsed());
        // The first answer under its RequestID may be one of this batch, which must be stored to be found.
        if self.unrecorded.iter().any(|before| before.verified.request.id == request.id) {
            self.record_all()?;
        }
        let first = self.session.first_answer(&request.id)?;
        let used = FirstAnswer::use_of(first.as_ref());
        // A repeated message gets its stored answer, byte for byte, and is not decided again. Only over a
        // connection that may send it: otherwise a client that recorded another's message could read the answer.
        if access::is_admitted(request, arrival.peer)
            && let Some(FirstAnswer { digest: first, answer: Some(answer) }) = first
            && first == *digest
        {
            // `decided` must keep the order of the requests, so what is buffered comes first.
            self.record_all()?;
            self.decided.push(Decided::without_decision(Some(answer)));
            return Ok(());
        }
        let facts = self.snapshot.as_mut().unwrap_or(&mut self.session);
        let decide = || app.decide_on(facts, request, gathered, used, *arrival, *now);
        let decision = app.timed(Stage::Decide, decide)?;
        if asks_pre_command(&decision) {
            // Not recorded: its RequestID stays unused.
            self.record_all()?;
            self.decided.push(Decided::without_decision(None));
            return Ok(());
        }
        let stopwatch = Stopwatch::start();
        if self.must_be_recorded_before(&decision) {
            self.record_all()?;
        }
        let alerts = app.plan_alerts(&mut self.session, &decision.changes, *now)?;
        // Applied at once, unlike the record: the next request of the batch must see the change.
        let (device, cause) = (request.device(), cause_of(request));
        let carried = self.session.apply_decided(&decision.changes, device, &cause, *now)?;
        if !alerts.is_empty() {
            app.enqueue_alerts(self.session.connection()?, &alerts, *now)?;
        }
        let applied = stopwatch.elapsed();
        let user = request.id.originator;
        let own = self.facts().answer_version(user)?;
        let version = app.version_for(user, own, &request.schema_version);
        let unrecorded = Unrecorded { verified, decision, carried, version, applied };
        let completed = unrecorded.completed_set();
        let exceeding = unrecorded.counted().filter(|counted| counted.is_first_over);
        self.exceeding.extend(exceeding.map(|counted| (counted, *now)));
        self.unrecorded.push(unrecorded);
        if let Some(part) = completed {
            // Behind the decision of its last request, in the chain and in time.
            self.record_all()?;
            app.answer_complete_set(self.session.connection()?, &part, *now)?;
        }
        Ok(())
    }

    /// Whether buffered decisions must be recorded before this one is applied: one of them carries changes of a Device, and rows of
    /// the history that come after them may follow. Rare: two requests about one Device in a batch.
    fn must_be_recorded_before(&self, decision: &Decision) -> bool {
        let carrying = self.unrecorded.iter().filter(|before| !before.carried.is_empty());
        let carrying = carrying.filter_map(|before| before.verified.request.device()).collect::<Vec<_>>();
        !carrying.is_empty()
            && decision.changes.iter().any(|change| match change {
                // It ends associations of other Devices too.
                Change::Device(DeviceChange::Remove(_)) => true,
                // The record of this decision will carry it, behind the others.
                Change::Device(DeviceChange::SetDetails(..)) | Change::HanLog(_) | Change::Firmware(_) => {
                    false
                }
                Change::Device(change) => carrying.contains(&change.device()),
            })
    }

    /// Stores the records of the buffered decisions, signs their answers and stores those too.
    fn record_all(&mut self) -> Result<(), Fault> {
        let unrecorded = std::mem::take(&mut self.unrecorded);
        if unrecorded.is_empty() {
            return Ok(());
        }
        let app = self.app;
        let sign = |one: &Unrecorded<'_>| {
            app.timed(Stage::Sign, || app.signed_answer(one.verified, &one.decision, one.version.clone()))
        };
        let sign_all = || unrecorded.iter().map(sign).collect::<Result<Vec<_>, _>>();
        let (recorded, answers) = if self.session.is_remote() {
            // The round trip and the signing overlap. A file has no round trip to overlap with.
            thread::scope(|scope| {
                let signing = scope.spawn(sign_all);
                let recorded = self.store_records(&unrecorded);
                // A panic goes on in the writer's thread, where the job catches it: the batch fails like any other.
                (recorded, signing.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
            })
        } else {
            (self.store_records(&unrecorded), sign_all())
        };
        let (recording, answers) = (recorded?, answers?);
        let storing = self.store_answers(&unrecorded, &answers)?;
        // The time of a shared statement is divided evenly, so that the metric stays one per request.
        let share = (recording + storing) / u32::try_from(unrecorded.len()).unwrap_or(u32::MAX);
        for Unrecorded { applied, .. } in &unrecorded {
            app.0.metrics.observe(Stage::Store, *applied + share);
        }
        let explains = app.choices().explain_headers;
        let decided = unrecorded.iter().zip(answers).map(|(one, answer)| one.decided(answer, explains));
        self.decided.extend(decided);
        Ok(())
    }

    /// Stores the decision records. Returns the time it took.
    fn store_records(&mut self, unrecorded: &[Unrecorded<'_>]) -> Result<Duration, Fault> {
        let stopwatch = Stopwatch::start();
        let instance = &self.app.0.choices.instance;
        let records = unrecorded.iter().map(Unrecorded::record);
        self.session.record(instance, records)?;
        Ok(stopwatch.elapsed())
    }

    /// Stores the answers that are the first under their RequestIDs. Returns the time it took.
    fn store_answers(
        &mut self,
        unrecorded: &[Unrecorded<'_>],
        answers: &[Vec<u8>],
    ) -> Result<Duration, Fault> {
        let stopwatch = Stopwatch::start();
        // An answer that refuses a reused RequestID is not stored: it would replace the first one.
        let first = unrecorded.iter().zip(answers).filter(|(one, _)| one.is_first());
        let first = first.map(|(Unrecorded { verified, .. }, answer)| NewAnswer {
            id: &verified.request.id,
            digest: &verified.digest,
            answer,
            at: verified.now,
        });
        self.session.insert_first_answers(&first.collect::<Vec<_>>())?;
        Ok(stopwatch.elapsed())
    }
}

impl App {
    /// Decides a request for what it reads alone: all that the batch will ask of the session for it. Returns the Devices that it would
    /// change.
    fn decide_on_trial(
        &self,
        session: &mut Session<'_>,
        verified: &VerifiedRequest,
    ) -> Result<Vec<Eui64>, Fault> {
        let VerifiedRequest { request, gathered, arrival, now, .. } = verified;
        let decision = self.decide_on(session, request, gathered, RequestIdUse::New, *arrival, *now)?;
        self.plan_alerts(session, &decision.changes, *now)?;
        session.answer_version(request.id.originator)?;
        Ok(decision.changes.iter().filter_map(Change::device).collect())
    }
}
