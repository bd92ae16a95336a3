//! The dispatcher: one thread that makes batches of messages, writes them to disk, hands them out to the connections, and
//! takes in the results.
//!
//! Two batches are in flight at a time: while one is sent, the next one is signed and written. A batch's file holds each
//! of its messages that has no answer. An unanswered message stays in its batch, and goes on into the batch's next file,
//! so that one slow message does not hold up the others.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
};

use super::{
    failure_streak::FailureStreak,
    in_flight::SignedMessage,
    journal::{BATCHES, Journal, JournalFault},
    plan::CorrectionPlan,
    sender::{Answered, RetryPolicy, SendFault},
    stop::{StopReason, StopSignal},
    table::{InFlightLine, LineAnswer, LineTable},
};

/// New messages of a batch, for each connection: enough that none waits for the next batch to be signed and written.
const BATCH_SHARE: usize = 32;
/// Limit of new messages in a batch, however many connections there are: some 2 KB each. A batch may hold as many
/// unanswered ones besides.
const BATCH_LIMIT: usize = 2_048;
/// A message queued for the next free connection.
#[derive(Debug)]
pub(super) struct SendJob {
    /// The line's index in the table.
    pub(super) line: u32,
    pub(super) batch: usize,
    pub(super) retries: RetryPolicy,
    pub(super) message: Arc<SignedMessage>,
}

/// A job that a connection has finished.
#[derive(Debug)]
pub(super) struct JobResult {
    pub(super) job: SendJob,
    pub(super) result: Result<Answered, SendFault>,
}

/// One batch: its unanswered messages by line, all of which are in the batch's file.
#[derive(Debug, Default)]
struct InFlightBatch {
    unanswered: BTreeMap<u32, InFlightMessage>,
    /// How many of them are queued or with a connection.
    queued: usize,
}

#[derive(Debug)]
struct InFlightMessage {
    message: Arc<SignedMessage>,
    /// It may have been received.
    is_sent: bool,
    /// It was sent once without success; its retries begin when the other lines are done.
    is_deferred: bool,
    /// Why this run got no answer to it.
    reason: String,
}

/// Makes the batches and takes in the results.
pub(super) struct Dispatcher<'a> {
    plan: &'a CorrectionPlan<'a>,
    table: &'a mut LineTable,
    journal: &'a mut Journal,
    stop: &'a StopSignal,
    jobs: Sender<SendJob>,
    batches: [InFlightBatch; BATCHES],
    /// The first line that no batch was made from yet.
    next_line: u32,
    streak: FailureStreak,
}

impl<'a> Dispatcher<'a> {
    /// Of a run whose connections take their jobs from that channel.
    pub(super) fn new(
        plan: &'a CorrectionPlan<'a>,
        table: &'a mut LineTable,
        journal: &'a mut Journal,
        stop: &'a StopSignal,
        jobs: Sender<SendJob>,
    ) -> Self {
        let streak = FailureStreak::new();
        Self { plan, table, journal, stop, jobs, batches: Default::default(), next_line: 0, streak }
    }

    /// Sends all there is to send; returns when no job is queued or with a connection.
    pub(super) fn run(&mut self, results: &Receiver<JobResult>, on_answer: &mut dyn FnMut(&str)) {
        // An earlier run may have sent these: one attempt each, so that they do not hold up new lines.
        for (batch, messages) in self.journal.take_in_flight().into_iter().enumerate() {
            self.enqueue(batch, messages, RetryPolicy::Once);
        }
        loop {
            let ended = self.fill().and_then(|()| {
                if self.queued() == 0 {
                    return Ok(true);
                }
                // Connections return every job, so this ends; only a run without connections gets an error here.
                let Ok(done) = results.recv() else { return Ok(true) };
                self.finish_job(done, on_answer).map(|()| false)
            });
            match ended {
                Ok(true) => break,
                Ok(false) => {}
                Err(fault) => self.stop.stop(StopReason::Journal(fault.to_string())),
            }
        }
        if let Err(fault) = self.finish() {
            self.stop.stop(StopReason::Journal(fault.to_string()));
        }
    }

    fn queued(&self) -> usize {
        self.batches.iter().map(|batch| batch.queued).sum()
    }

    /// Makes batches while there is room and there are lines; after the last line, retries what was deferred.
    fn fill(&mut self) -> Result<(), JournalFault> {
        for number in 0..BATCHES {
            // An idle connection must not wait for a batch that waits for a slow answer: then a batch is refilled
            // before all of it is back.
            let has_idle = self.queued() < self.plan.connections;
            let is_free = has_idle || self.batches.get(number).is_some_and(|batch| batch.queued == 0);
            if !is_free || self.stop.is_stopped() {
                continue;
            }
            let messages = self.make_batch();
            if self.stop.is_stopped() {
                continue;
            }
            if messages.is_empty() {
                self.retry_deferred(number);
            } else if self.has_room(number) {
                let old = self.batches.get(number).into_iter().flat_map(|batch| batch.unanswered.values());
                let new = messages.iter().map(|(_, message)| message);
                self.journal.begin(number, old.map(|old| &*old.message).chain(new))?;
                self.enqueue(number, messages, RetryPolicy::UntilTimeout);
            }
        }
        Ok(())
    }

    /// The next messages, signed; empty where no line is left, or signing fails.
    fn make_batch(&mut self) -> Vec<(u32, SignedMessage)> {
        let size = self.plan.connections.saturating_mul(BATCH_SHARE).min(BATCH_LIMIT);
        let mut messages = Vec::new();
        while messages.len() < size {
            let Some(correction) = self.table.correction(self.next_line) else { break };
            let line = self.next_line;
            self.next_line += 1;
            let is_in_flight = self.batches.iter().any(|batch| batch.unanswered.contains_key(&line));
            if is_in_flight || self.table.answer(line).is_some() {
                continue;
            }
            match self.plan.message(correction, self.journal.next_counter()) {
                Ok(message) => messages.push((line, message)),
                Err(fault) => {
                    self.stop.stop(StopReason::Refused(fault.to_string()));
                    break;
                }
            }
        }
        messages
    }

    /// Whether the batch's file may take more messages beside the unanswered ones; ends the run where not.
    fn has_room(&self, number: usize) -> bool {
        let unanswered = self.batches.get(number).map_or(0, |batch| batch.unanswered.len() - batch.queued);
        if unanswered >= BATCH_LIMIT {
            let reason = format!("{unanswered} messages of a group, for reasons that the report names");
            self.stop.stop(StopReason::GaveUp(reason));
        }
        unanswered < BATCH_LIMIT
    }

    /// Queues messages that are in the batch's file already.
    fn enqueue(&mut self, number: usize, messages: Vec<(u32, SignedMessage)>, retries: RetryPolicy) {
        let Some(batch) = self.batches.get_mut(number) else { return };
        // `Once` marks those of an earlier run, which may have sent them.
        let is_sent = retries == RetryPolicy::Once;
        for (line, message) in messages {
            let message = Arc::new(message);
            let kept = Arc::clone(&message);
            let kept = InFlightMessage { message: kept, is_sent, is_deferred: false, reason: String::new() };
            batch.unanswered.insert(line, kept);
            batch.enqueue(&self.jobs, SendJob { line, batch: number, retries, message });
        }
    }

    /// Queues the deferred messages of a batch again, now with retries.
    fn retry_deferred(&mut self, number: usize) {
        let Some(batch) = self.batches.get_mut(number) else { return };
        let deferred = batch.unanswered.iter_mut().filter_map(|(line, kept)| {
            let is_deferred = std::mem::take(&mut kept.is_deferred);
            is_deferred.then(|| (*line, Arc::clone(&kept.message)))
        });
        let deferred = deferred.collect::<Vec<_>>();
        for (line, message) in deferred {
            let retries = RetryPolicy::UntilTimeout;
            batch.enqueue(&self.jobs, SendJob { line, batch: number, retries, message });
        }
    }

    fn finish_job(&mut self, done: JobResult, on_answer: &mut dyn FnMut(&str)) -> Result<(), JournalFault> {
        let JobResult { job: SendJob { line, batch, retries, message }, result } = done;
        let Some(batch) = self.batches.get_mut(batch) else { return Ok(()) };
        batch.queued = batch.queued.saturating_sub(1);
        let coded = result.and_then(|answered| match self.table.codes.number(&answered.code) {
            Some(code) => Ok((answered, code)),
            None => Err(SendFault::refused(format!("the answer's code is none: `{:.40}`", answered.code))),
        });
        match coded {
            Err(fault) => {
                batch.keep_unanswered(line, retries, &fault);
                // A single attempt that fails says little about the service: it does not count to the streak.
                if retries == RetryPolicy::UntilTimeout {
                    self.streak.fail(fault, self.stop);
                }
                Ok(())
            }
            Ok((Answered { code, answered_at, milliseconds, attempts }, number)) => {
                batch.unanswered.remove(&line);
                self.streak.end();
                on_answer(&code);
                let answer = LineAnswer {
                    counter: message.counter,
                    answered_at,
                    milliseconds,
                    attempts,
                    code: number,
                };
                self.table.set(line, Some(answer));
                self.journal.record(self.table, line, answer)
            }
        }
    }

    /// Writes the files of the batches a last time: a message that was never sent need not be kept.
    fn finish(&mut self) -> Result<(), JournalFault> {
        for batch in &mut self.batches {
            batch.unanswered.retain(|_, kept| kept.is_sent);
        }
        if let Some(reason) = self.streak.reason_of_no_answer() {
            self.stop.stop(reason);
        }
        let left =
            |batch: &InFlightBatch| batch.unanswered.values().map(|kept| Arc::clone(&kept.message)).collect();
        self.journal.end(self.batches.each_ref().map(left))
    }

    /// The lines whose messages may have been received and have no answer.
    pub(super) fn in_flight(self) -> Vec<InFlightLine> {
        let line = |(at, kept): (u32, InFlightMessage)| InFlightLine {
            at,
            counter: kept.message.counter,
            reason: kept.reason,
        };
        self.batches.into_iter().flat_map(|batch| batch.unanswered).map(line).collect()
    }
}

impl InFlightBatch {
    fn enqueue(&mut self, jobs: &Sender<SendJob>, job: SendJob) {
        // Sending fails only where every connection is gone; then the job counts as not queued.
        if jobs.send(job).is_ok() {
            self.queued += 1;
        }
    }

    fn keep_unanswered(&mut self, line: u32, retries: RetryPolicy, fault: &SendFault) {
        let Some(kept) = self.unanswered.get_mut(&line) else { return };
        if let SendFault::Sent { reason, .. } = fault {
            kept.is_sent = true;
            kept.is_deferred = retries == RetryPolicy::Once;
            kept.reason = reason.to_string();
        }
    }
}
