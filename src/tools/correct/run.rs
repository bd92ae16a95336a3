//! A run: lines are signed and kept, sent over many connections, and noted as they are answered.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender as Channel},
    },
    thread,
};

use super::{
    control::{Control, Ending},
    dispatcher::{Dispatcher, Job, JobResult},
    journal::Journal,
    pace::Pace,
    plan::Plan,
    sender::{Answered, Sender, Unanswered},
    table::{Table, UnderWay},
};
use crate::tools::client::Client;

/// Sends every line that came to nothing yet, and notes in the table and the journal what it comes to. `told` is called
/// after each answer. Gives those that may have been received and have no answer.
pub fn run(
    plan: &Plan<'_>,
    table: &mut Table,
    journal: &mut Journal,
    control: &Control,
    told: &mut dyn FnMut(&str),
) -> Vec<UnderWay> {
    let pace = Pace::new(plan.rate);
    let (jobs, taken) = mpsc::channel();
    let (back, results) = mpsc::channel();
    let taken = Mutex::new(taken);
    thread::scope(|scope| {
        for _ in 0..plan.connections {
            let sender = Sender {
                client: Client::over_tls(plan.url, plan.tls, plan.trust, plan.clock.clone(), plan.dcc),
                clock: plan.clock.clone(),
                pace: &pace,
                control,
                patience: plan.patience,
            };
            let (taken, back) = (&taken, back.clone());
            let deliver =
                move |job: &Job| sender.deliver(plan.id(job.message.counter), &job.message.bytes, job.effort);
            scope.spawn(move || send_all(control, &deliver, taken, &back));
        }
        // Without connections nothing comes back; nobody is to wait for it.
        drop(back);
        let mut dispatcher = Dispatcher::new(plan, table, journal, control, jobs);
        dispatcher.work(&results, told);
        dispatcher.left()
    })
}

/// What a connection does until there is nothing more to send.
fn send_all(
    control: &Control,
    deliver: &dyn Fn(&Job) -> Result<Answered, Unanswered>,
    taken: &Mutex<Receiver<Job>>,
    back: &Channel<JobResult>,
) {
    loop {
        let job = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whatever happens to it, a job comes back: the dispatcher counts them.
        let result = catch_unwind(AssertUnwindSafe(|| deliver(&job))).unwrap_or_else(|_| {
            let reason = "a connection broke: a mistake in this program".to_owned();
            control.stop(Ending::Refused(reason.clone()));
            Err(Unanswered::refused(reason))
        });
        if back.send(JobResult { job, result }).is_err() {
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
        tools::correct::{in_flight::Message, sender::Effort},
    };

    #[test]
    fn a_connection_that_panics_gives_its_message_back_and_ends_the_run() {
        let (control, jobs) = (Control::default(), mpsc::channel());
        let (back, results) = mpsc::channel();
        for at in 0..2 {
            let device = Eui64::from_octets([0; 8]);
            let message = Message { counter: 1, device, variant: EsmeVariant::A, bytes: Vec::new() };
            let job = Job { at, group: 0, effort: Effort::Patient, message: Arc::new(message) };
            jobs.0.send(job).unwrap();
        }
        drop(jobs.0);
        send_all(&control, &|_| panic!("a test's"), &Mutex::new(jobs.1), &back);
        assert_eq!(results.try_iter().map(|returned| returned.job.at).collect::<Vec<_>>(), [0, 1]);
        assert!(matches!(control.ending(), Some(Ending::Refused(_))));
    }
}
