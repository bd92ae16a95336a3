//! A run: one dispatcher, and a thread for each connection that sends what the dispatcher hands out.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use super::{
    dispatcher::{Dispatcher, JobResult, SendJob},
    journal::Journal,
    plan::CorrectionPlan,
    rate_limit::RateLimiter,
    sender::{Answered, RetryingSender, SendFault},
    stop::{StopReason, StopSignal},
    table::{InFlightLine, LineTable},
};
use crate::tools::client::Client;

/// Sends every line that has no answer yet, and keeps the answers in the table and the journal. `on_answer` is called
/// with the response code of each. Returns the lines in flight: those that the service may have received and did not
/// answer.
pub fn run(
    plan: &CorrectionPlan<'_>,
    table: &mut LineTable,
    journal: &mut Journal,
    stop: &StopSignal,
    on_answer: &mut dyn FnMut(&str),
) -> Vec<InFlightLine> {
    let rate = RateLimiter::new(plan.rate);
    let (jobs, queue) = mpsc::channel();
    let (done, results) = mpsc::channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..plan.connections {
            let sender = RetryingSender {
                client: Client::over_tls(plan.url, plan.tls, plan.trust, plan.clock.clone(), plan.dcc),
                clock: plan.clock.clone(),
                rate: &rate,
                stop,
                patience: plan.patience,
            };
            let (queue, done) = (&queue, done.clone());
            let send = move |job: &SendJob| {
                sender.send(plan.id(job.message.counter), &job.message.bytes, job.retries)
            };
            scope.spawn(move || send_queued(stop, &send, queue, &done));
        }
        // The connections hold the only senders left: with none of them the dispatcher's receive ends at once.
        drop(done);
        let mut dispatcher = Dispatcher::new(plan, table, journal, stop, jobs);
        dispatcher.run(&results, on_answer);
        dispatcher.in_flight()
    })
}

/// The loop of one connection: takes jobs off the queue until the dispatcher closes it.
fn send_queued(
    stop: &StopSignal,
    send: &dyn Fn(&SendJob) -> Result<Answered, SendFault>,
    queue: &Mutex<Receiver<SendJob>>,
    done: &Sender<JobResult>,
) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Each job must come back, after a panic too: the dispatcher counts them, and would wait for ever.
        let result = catch_unwind(AssertUnwindSafe(|| send(&job))).unwrap_or_else(|_| {
            let reason = "a connection broke: a mistake in this program".to_owned();
            stop.stop(StopReason::Refused(reason.clone()));
            Err(SendFault::refused(reason))
        });
        if done.send(JobResult { job, result }).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{EsmeVariant, Eui64},
        tools::correct::{in_flight::SignedMessage, sender::RetryPolicy},
    };

    #[test]
    fn a_connection_that_panics_gives_its_message_back_and_ends_the_run() {
        let (stop, jobs) = (StopSignal::default(), mpsc::channel());
        let (done, results) = mpsc::channel();
        for line in 0..2 {
            let device = Eui64::from_octets([0; 8]);
            let message = SignedMessage { counter: 1, device, variant: EsmeVariant::A, bytes: Vec::new() };
            let message = Arc::new(message);
            jobs.0.send(SendJob { line, batch: 0, retries: RetryPolicy::UntilTimeout, message }).unwrap();
        }
        drop(jobs.0);
        send_queued(&stop, &|_| panic!("a test's"), &Mutex::new(jobs.1), &done);
        assert_eq!(results.try_iter().map(|result| result.job.line).collect::<Vec<_>>(), [0, 1]);
        assert!(matches!(stop.reason(), Some(StopReason::Refused(_))));
    }
}
