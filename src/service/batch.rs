//! Requests that wait at the same time are decided in one turn to write, one after the other, each on what the one
//! before it left. They share what a turn costs: the head of the chain of decisions, the way to a server, the commit.

use std::{
    collections::VecDeque,
    panic,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::Duration,
};

use super::{
    App, Fault,
    message::{Caller, cause_of},
};
use crate::{
    clock::Stopwatch,
    db::Connection,
    domain::{Arrival, Change, Decision, LiveCoverage, Now, Request, ResponseCode},
    metrics::Stage,
    rules::{access, rulebook::common},
    store::{FirstAnswer, NewAnswer, NewDecision, Session},
};

/// A request that was decoded and verified, and what the decision must know of it.
pub(super) struct Asked {
    pub(super) request: Request,
    /// What CSPs said, where they were asked.
    pub(super) live: LiveCoverage,
    /// Tells the very same message from another under its RequestID.
    pub(super) digest: [u8; 32],
    pub(super) arrival: Arrival,
    pub(super) now: Now,
    /// Since it waits for its turn.
    pub(super) queued: Stopwatch,
    pub(super) span: tracing::Span,
}

/// What a turn leaves of a request: the answer, and the code and rule of a decision that was made in it.
pub(super) struct Done {
    pub(super) answer: Vec<u8>,
    pub(super) decision: Option<(ResponseCode, &'static str)>,
}

/// Those who wait for a turn.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Line>);

#[derive(Default)]
struct Line {
    /// From a turn that came to nothing: each gets one of its own, and they came before the others.
    again: VecDeque<Waiter>,
    /// Those who share the next.
    next: Vec<Waiter>,
}

struct Waiter {
    asked: Asked,
    caller: Caller,
}

impl Waiting {
    /// Waits with the others; whether it is the first, for whom a turn must be taken.
    fn join(&self, waiter: Waiter) -> bool {
        let mut line = self.line();
        line.next.push(waiter);
        line.next.len() == 1
    }

    /// Waits again, ahead of all who joined since: as many turns must be taken as there are.
    fn join_again(&self, group: Vec<Waiter>) {
        self.line().again.extend(group);
    }

    /// Those whose turn it is, whoever it was taken for.
    fn take(&self) -> Vec<Waiter> {
        let mut line = self.line();
        match line.again.pop_front() {
            Some(first) => vec![first],
            None => std::mem::take(&mut line.next),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those for whom one turn is taken: whoever waits when it comes, and the same again where it is tried again.
type Group = OnceLock<Vec<Waiter>>;

impl App {
    /// Has the request decided in the next turn; tells once that is on the disk.
    pub(super) fn in_next_turn(&self, asked: Asked, caller: Caller) {
        if self.0.waiting.join(Waiter { asked, caller }) {
            self.take_turn();
        }
    }

    fn take_turn(&self) {
        let group = Arc::new(Group::new());
        let (service, taken) = (self.clone(), Arc::clone(&group));
        let work = move |connection: &mut Connection| {
            let group = taken.get_or_init(|| service.0.waiting.take());
            let done = Turn::new(&service, connection).of(group.iter().map(|waiter| &waiter.asked))?;
            Ok::<_, Fault>((done, Stopwatch::start()))
        };
        let service = self.clone();
        self.0.store.submit(work, move |outcome| {
            // Where the turn never came, nobody was taken into it yet.
            let group = Arc::into_inner(group).and_then(OnceLock::into_inner);
            service.end_turn(group.unwrap_or_else(|| service.0.waiting.take()), outcome);
        });
    }

    /// Tells each what came of it.
    fn end_turn(&self, group: Vec<Waiter>, outcome: Result<(Vec<Done>, Stopwatch), Fault>) {
        match outcome {
            Ok((done, since)) => {
                for (waiter, done) in group.into_iter().zip(done) {
                    self.0.metrics.observe(Stage::Commit, since.elapsed());
                    waiter.caller.tell(Ok(done));
                }
            }
            Err(fault) => self.end_failed_turn(group, fault),
        }
    }

    fn end_failed_turn(&self, group: Vec<Waiter>, fault: Fault) {
        let group = match <[Waiter; 1]>::try_from(group) {
            Ok([alone]) => return alone.caller.tell(Err(fault)),
            Err(group) => group,
        };
        if fault.shared_by_batch().is_none() {
            // It may be the doing of one. Nothing of the turn was kept, so each is decided in one of its own.
            let turns = group.len();
            self.0.waiting.join_again(group);
            return (0..turns).for_each(|_| self.take_turn());
        }
        for waiter in group {
            if let Some(fault) = fault.shared_by_batch() {
                waiter.caller.tell(Err(fault));
            }
        }
    }
}

/// A turn: what was decided in it and is not yet kept.
struct Turn<'a> {
    service: &'a App,
    session: Session<'a>,
    decided: Vec<Decided<'a>>,
    done: Vec<Done>,
}

struct Decided<'a> {
    asked: &'a Asked,
    decision: Decision,
    /// How long its changes took.
    applied: Duration,
}

impl<'a> Turn<'a> {
    fn new(service: &'a App, connection: &'a mut Connection) -> Self {
        Self { service, session: Session::new(connection), decided: Vec::new(), done: Vec::new() }
    }

    /// Decides these, in their order.
    fn of(mut self, group: impl Iterator<Item = &'a Asked> + Clone) -> Result<Vec<Done>, Fault> {
        self.session.read_ahead(group.clone().map(|asked| &asked.request))?;
        for asked in group {
            let span = asked.span.clone();
            span.in_scope(|| self.take(asked))?;
        }
        self.keep()?;
        self.session.finish()?;
        Ok(self.done)
    }

    fn take(&mut self, asked: &'a Asked) -> Result<(), Fault> {
        let Asked { request, live, digest, arrival, now, queued, span: _ } = asked;
        let service = self.service;
        service.0.metrics.observe(Stage::Queue, queued.elapsed());
        if self.decided.iter().any(|before| before.asked.request.id == request.id) {
            self.keep()?;
        }
        let first = self.session.first_answer(&request.id)?;
        let used = FirstAnswer::use_of(first.as_ref());
        if access::is_admitted(request, arrival.peer)
            && let Some(FirstAnswer { digest: first, answer: Some(answer) }) = first
            && first == *digest
        {
            // Answers stand in the order of the requests.
            self.keep()?;
            self.done.push(Done { answer, decision: None });
            return Ok(());
        }
        let decide = || service.decide_on(&mut self.session, request, live, used, *arrival, *now);
        let decision = service.timed(Stage::Decide, decide)?;
        let stopwatch = Stopwatch::start();
        self.session.apply(&decision.changes, &cause_of(request), *now)?;
        let applied = stopwatch.elapsed();
        let awaits = decision.changes.iter().any(|change| matches!(change, Change::Await(_)));
        self.decided.push(Decided { asked, decision, applied });
        if awaits && service.choices().simulated_devices.is_some() {
            self.simulate(*now)?;
        }
        Ok(())
    }

    /// What a Device does at once comes after the decision that asked it to.
    fn simulate(&mut self, now: Now) -> Result<(), Fault> {
        let changes = self.decided.last_mut().map(|last| std::mem::take(&mut last.decision.changes));
        self.keep()?;
        self.service.simulate(self.session.connection()?, &changes.unwrap_or_default(), now)
    }

    /// Signs and keeps what was decided.
    fn keep(&mut self) -> Result<(), Fault> {
        let decided = std::mem::take(&mut self.decided);
        if decided.is_empty() {
            return Ok(());
        }
        let service = self.service;
        let sign = |decided: &Decided<'_>| {
            service.timed(Stage::Sign, || service.answer_of(decided.asked, &decided.decision))
        };
        let sign_all = || decided.iter().map(sign).collect::<Result<Vec<_>, _>>();
        let (recorded, answers) = if self.session.is_far() {
            // A server takes its time for the records.
            thread::scope(|scope| {
                let signing = scope.spawn(sign_all);
                let recorded = self.record(&decided);
                (recorded, signing.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
            })
        } else {
            (self.record(&decided), sign_all())
        };
        let (recording, answers) = (recorded?, answers?);
        let remembering = self.remember(&decided, &answers)?;
        let share = (recording + remembering) / u32::try_from(decided.len()).unwrap_or(u32::MAX);
        for Decided { applied, .. } in &decided {
            service.0.metrics.observe(Stage::Store, *applied + share);
        }
        self.done.extend(decided.iter().zip(answers).map(|(Decided { decision, .. }, answer)| {
            let rule = decision.decided_by().map_or("", |rule| rule.id);
            Done { answer, decision: Some((decision.code, rule)) }
        }));
        Ok(())
    }

    /// Writes the records of these decisions; how long that took.
    fn record(&mut self, decided: &[Decided<'_>]) -> Result<Duration, Fault> {
        let stopwatch = Stopwatch::start();
        let instance = &self.service.0.choices.instance;
        let records = decided.iter().map(Decided::record);
        self.session.record(instance, records)?;
        Ok(stopwatch.elapsed())
    }

    /// Keeps the answers of those that are the first under their RequestIDs; how long that took.
    fn remember(&mut self, decided: &[Decided<'_>], answers: &[Vec<u8>]) -> Result<Duration, Fault> {
        let stopwatch = Stopwatch::start();
        let first = decided.iter().zip(answers).filter(|(decided, _)| decided.is_first());
        let first = first.map(|(Decided { asked, .. }, answer)| NewAnswer {
            id: &asked.request.id,
            digest: &asked.digest,
            answer,
            at: asked.now,
        });
        self.session.remember(&first.collect::<Vec<_>>())?;
        Ok(stopwatch.elapsed())
    }
}

impl Decided<'_> {
    fn record(&self) -> NewDecision<'_> {
        let Self { asked: Asked { request, now, .. }, decision, applied: _ } = self;
        NewDecision {
            request_id: &request.id,
            user: request.id.originator,
            device: request.body.device(),
            variant: Some(request.variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: *now,
            steps: &decision.steps,
        }
    }

    /// Whether its answer is the first one under its RequestID.
    fn is_first(&self) -> bool {
        self.decision.steps.iter().any(|step| step.rule == common::NEW_REQUEST_ID && step.holds)
    }
}
