//! The jobs of the console, as its pages ask for them.

use std::time::Duration;

use super::job::Job;
use crate::service::App;

impl App {
    /// The jobs of this instance that run, and the last ones that ended; the newest first.
    pub fn console_jobs(&self) -> Vec<Job> {
        self.0.console.jobs.all()
    }

    /// A job by its number.
    pub fn console_job(&self, number: u64) -> Option<Job> {
        self.0.console.jobs.find(number)
    }

    /// Waits for the end of a job, at most so long: what is done at once needs no page that tells how far it is.
    pub fn await_console_job(&self, number: u64, at_most: Duration) {
        self.0.console.jobs.wait(number, at_most);
    }

    /// Ends the jobs and waits for them. To be called before the store is closed.
    pub fn stop_console_jobs(&self) {
        self.0.console.jobs.stop();
    }
}
