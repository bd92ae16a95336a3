//! The one thread that writes: makes groups of messages, keeps them, hands them out, and takes in what comes back.
//!
//! Two groups are under way at a time: while one is sent, the next one is ready. A group's file holds all of it that has
//! no answer. What finds none stays in the group and goes on into its next file, so that the others go on beside it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, Sender as Channel},
    },
};

use super::{
    control::{Control, Ending},
    in_flight::Message,
    journal::{GROUPS, Journal, JournalFault},
    plan::Plan,
    sender::{Answered, Effort, Unanswered},
    table::{Outcome, Table, UnderWay},
};
use crate::clock::Stopwatch;

/// New messages of a group, for each connection: enough that none waits for the next group to be signed and kept.
const SHARE: usize = 32;
/// New messages of a group at most, however many connections there are: some 2 KB each. Without an answer, a group may
/// hold as many besides.
const GROUP: usize = 2_048;
/// As many messages in succession that nobody answers, though each was a line's first, say that no other would fare better.
const IN_A_ROW: usize = 16;

/// A message on its way to a connection.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) at: u32,
    pub(super) group: usize,
    pub(super) effort: Effort,
    pub(super) message: Arc<Message>,
}

/// What became of it, on its way back.
#[derive(Debug)]
pub(super) struct JobResult {
    pub(super) job: Job,
    pub(super) result: Result<Answered, Unanswered>,
}

/// What has no answer yet, by line; all of it is in the group's file.
#[derive(Debug, Default)]
struct Group {
    kept: BTreeMap<u32, Kept>,
    /// How many of them are with the connections, or wait for one.
    away: usize,
}

#[derive(Debug)]
struct Kept {
    message: Arc<Message>,
    /// It may have been received.
    is_sent: bool,
    /// It was sent once, and is to be tried with patience when the other lines are done.
    is_put_off: bool,
    /// Why it was not answered, in this run.
    reason: String,
}

/// Whether anybody is answered.
#[derive(Debug)]
struct FailureStreak {
    /// Since the last answer, or since the run began.
    since_answer: Stopwatch,
    answers: u64,
    /// How many came back without one since then.
    in_a_row: usize,
    /// What the last of those came to.
    last: Option<Ending>,
}

/// Makes the groups and takes in what comes back.
pub(super) struct Dispatcher<'a> {
    plan: &'a Plan<'a>,
    table: &'a mut Table,
    journal: &'a mut Journal,
    control: &'a Control,
    jobs: Channel<Job>,
    groups: [Group; GROUPS],
    /// The first line that was not looked at.
    next: u32,
    failures_in_a_row: FailureStreak,
}

impl<'a> Dispatcher<'a> {
    /// Of a run that hands its messages out by that channel.
    pub(super) fn new(
        plan: &'a Plan<'a>,
        table: &'a mut Table,
        journal: &'a mut Journal,
        control: &'a Control,
        jobs: Channel<Job>,
    ) -> Self {
        let failures_in_a_row =
            FailureStreak { since_answer: Stopwatch::start(), answers: 0, in_a_row: 0, last: None };
        Self { plan, table, journal, control, jobs, groups: Default::default(), next: 0, failures_in_a_row }
    }

    /// Sends all there is to send; returns when everything is back.
    pub(super) fn work(&mut self, results: &Receiver<JobResult>, told: &mut dyn FnMut(&str)) {
        for (group, messages) in self.journal.under_way().into_iter().enumerate() {
            self.add(group, messages, Effort::Once);
        }
        loop {
            let ended = self.fill().and_then(|()| {
                if self.away() == 0 {
                    return Ok(true);
                }
                // Whatever was sent comes back: the connections wait for us, not we for them.
                let Ok(returned) = results.recv() else { return Ok(true) };
                self.take(returned, told).map(|()| false)
            });
            match ended {
                Ok(true) => break,
                Ok(false) => {}
                Err(fault) => self.control.stop(Ending::Journal(fault.to_string())),
            }
        }
        if let Err(fault) = self.finish() {
            self.control.stop(Ending::Journal(fault.to_string()));
        }
    }

    fn away(&self) -> usize {
        self.groups.iter().map(|group| group.away).sum()
    }

    /// Makes groups as long as there is room and there are lines; then tries again what was put off.
    fn fill(&mut self) -> Result<(), JournalFault> {
        for number in 0..GROUPS {
            // Where a connection has nothing to do, nobody waits for those who wait for an answer.
            let has_idle = self.away() < self.plan.connections;
            let is_free = has_idle || self.groups.get(number).is_some_and(|group| group.away == 0);
            if !is_free || self.control.is_stopped() {
                continue;
            }
            let messages = self.make();
            if self.control.is_stopped() {
                continue;
            }
            if messages.is_empty() {
                self.try_again(number);
            } else if self.has_room(number) {
                let kept = self.groups.get(number).into_iter().flat_map(|group| group.kept.values());
                let new = messages.iter().map(|(_, message)| message);
                self.journal.begin(number, kept.map(|kept| &*kept.message).chain(new))?;
                self.add(number, messages, Effort::Patient);
            }
        }
        Ok(())
    }

    /// The next messages; none where no line is left, or none can be signed.
    fn make(&mut self) -> Vec<(u32, Message)> {
        let size = self.plan.connections.saturating_mul(SHARE).min(GROUP);
        let mut messages = Vec::new();
        while messages.len() < size {
            let Some(correction) = self.table.correction(self.next) else { break };
            let at = self.next;
            self.next += 1;
            let is_kept = self.groups.iter().any(|group| group.kept.contains_key(&at));
            if is_kept || self.table.outcome(at).is_some() {
                continue;
            }
            match self.plan.message(correction, self.journal.counter()) {
                Ok(message) => messages.push((at, message)),
                Err(fault) => {
                    self.control.stop(Ending::Refused(fault.to_string()));
                    break;
                }
            }
        }
        messages
    }

    /// Whether more may be kept beside what has no answer; the run ends where not.
    fn has_room(&self, number: usize) -> bool {
        let unanswered = self.groups.get(number).map_or(0, |group| group.kept.len() - group.away);
        if unanswered >= GROUP {
            let reason = format!("{unanswered} messages of a group, for reasons that the report names");
            self.control.stop(Ending::GaveUp(reason));
        }
        unanswered < GROUP
    }

    /// Puts messages into a group whose file holds them, and hands them out.
    fn add(&mut self, number: usize, messages: Vec<(u32, Message)>, effort: Effort) {
        let Some(group) = self.groups.get_mut(number) else { return };
        // Once is for those that an earlier run may have sent.
        let is_sent = effort == Effort::Once;
        for (at, message) in messages {
            let message = Arc::new(message);
            let kept =
                Kept { message: Arc::clone(&message), is_sent, is_put_off: false, reason: String::new() };
            group.kept.insert(at, kept);
            group.hand_out(&self.jobs, Job { at, group: number, effort, message });
        }
    }

    /// Hands out once more what was put off.
    fn try_again(&mut self, number: usize) {
        let Some(group) = self.groups.get_mut(number) else { return };
        let put_off = group.kept.iter_mut().filter_map(|(at, kept)| {
            let is_put_off = std::mem::take(&mut kept.is_put_off);
            is_put_off.then(|| (*at, Arc::clone(&kept.message)))
        });
        let put_off = put_off.collect::<Vec<_>>();
        for (at, message) in put_off {
            let effort = Effort::Patient;
            group.hand_out(&self.jobs, Job { at, group: number, effort, message });
        }
    }

    fn take(&mut self, returned: JobResult, told: &mut dyn FnMut(&str)) -> Result<(), JournalFault> {
        let JobResult { job: Job { at, group, effort, message }, result } = returned;
        let Some(group) = self.groups.get_mut(group) else { return Ok(()) };
        group.away = group.away.saturating_sub(1);
        let coded = result.and_then(|answered| match self.table.codes.number(&answered.code) {
            Some(code) => Ok((answered, code)),
            None => Err(Unanswered::refused(format!("the answer's code is none: `{:.40}`", answered.code))),
        });
        match coded {
            Err(unanswered) => {
                group.give_back(at, effort, &unanswered);
                if effort == Effort::Patient {
                    self.failures_in_a_row.fail(unanswered, self.control);
                }
                Ok(())
            }
            Ok((Answered { code, answered_at, milliseconds, attempts }, number)) => {
                group.kept.remove(&at);
                self.failures_in_a_row.answered();
                told(&code);
                let outcome =
                    Outcome { counter: message.counter, answered_at, milliseconds, attempts, code: number };
                self.table.set(at, Some(outcome));
                self.journal.record(self.table, at, outcome)
            }
        }
    }

    /// What has an answer, or was never sent, need not be kept.
    fn finish(&mut self) -> Result<(), JournalFault> {
        for group in &mut self.groups {
            group.kept.retain(|_, kept| kept.is_sent);
        }
        if self.failures_in_a_row.answers == 0
            && let Some(last) = self.failures_in_a_row.last.take()
        {
            self.control.stop(last);
        }
        let left = |group: &Group| group.kept.values().map(|kept| Arc::clone(&kept.message)).collect();
        self.journal.end(self.groups.each_ref().map(left))
    }

    /// Those that may have been received and have no answer.
    pub(super) fn left(self) -> Vec<UnderWay> {
        let left =
            |(at, kept): (u32, Kept)| UnderWay { at, counter: kept.message.counter, reason: kept.reason };
        self.groups.into_iter().flat_map(|group| group.kept).map(left).collect()
    }
}

impl Group {
    fn hand_out(&mut self, jobs: &Channel<Job>, job: Job) {
        // The connections take until we close the channel.
        if jobs.send(job).is_ok() {
            self.away += 1;
        }
    }

    fn give_back(&mut self, at: u32, effort: Effort, unanswered: &Unanswered) {
        let Some(kept) = self.kept.get_mut(&at) else { return };
        if let Unanswered::Sent { ending, .. } = unanswered {
            kept.is_sent = true;
            kept.is_put_off = effort == Effort::Once;
            kept.reason = ending.to_string();
        }
    }
}

impl FailureStreak {
    fn answered(&mut self) {
        *self = Self {
            since_answer: Stopwatch::start(),
            answers: self.answers.saturating_add(1),
            in_a_row: 0,
            last: None,
        };
    }

    /// Ends the run where nobody fares better than this one did.
    fn fail(&mut self, unanswered: Unanswered, control: &Control) {
        let Unanswered::Sent { ending, tried_since } = unanswered else { return };
        self.in_a_row += 1;
        let is_of_all = tried_since.is_some_and(|tried| self.since_answer.elapsed() >= tried.elapsed());
        if is_of_all || self.in_a_row >= IN_A_ROW {
            control.stop(ending.clone());
        }
        self.last = Some(ending);
    }
}
