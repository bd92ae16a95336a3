//! Jobs: long work that goes on when its page is left, and what came out of it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    reply::{self, Answer},
    shown::{UserLink, When},
};
use crate::{
    rules::privacy::UserActivity,
    service::{
        Activity, App, Evaluated,
        console::{
            CheckResult, FileFaults, ImportResult, ImportedValue, Job, JobFailure, JobRefused, JobResult,
            JobState, VerificationResult,
        },
    },
};

/// How long a form waits for the job that it started: most are done by then, and lead to their result at once.
const AT_MOST: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    jobs: Vec<JobRow>,
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    frame: Frame,
    job: JobRow,
    progress: ProgressPart,
    state: JobState,
    /// Of a check: whether something of the kind was imported since, and whether the file is still there to be imported.
    is_outdated: bool,
    is_kept: bool,
}

impl JobPage {
    #[expect(clippy::unused_self, reason = "askama calls the methods of a page")]
    fn user(&self, activity: &UserActivity) -> UserLink {
        UserLink(activity.user.id)
    }
}

/// How far a job is, which the script asks for again and again.
#[derive(Template)]
#[template(path = "job_progress.html")]
struct ProgressPart {
    number: u64,
    done: u64,
    of: u64,
    unit: &'static str,
    runs: bool,
}

/// A job as lists and its page show it.
struct JobRow {
    number: u64,
    kind: &'static str,
    by: String,
    begun: When,
    ended: Option<When>,
    state: &'static str,
    mark: &'static str,
    outcome: String,
}

impl From<&Job> for JobRow {
    fn from(job: &Job) -> Self {
        let (state, mark, ended, outcome) = match &job.state {
            JobState::Runs => ("runs", "warn", None, String::new()),
            JobState::Done(at, result) => ("done", "good", Some(When(*at)), outcome(result)),
            JobState::Failed(at, JobFailure { reason, faults: _ }) => {
                ("failed", "bad", Some(When(*at)), reason.clone())
            }
        };
        Self {
            number: job.number,
            kind: job.kind.as_str(),
            by: job.by.to_string(),
            begun: When(job.begun),
            ended,
            state,
            mark,
            outcome,
        }
    }
}

/// The result in a few words.
fn outcome(result: &JobResult) -> String {
    match result {
        JobResult::Verification(found) if found.is_whole() => format!("whole: {} records", found.records()),
        JobResult::Verification(VerificationResult { total, .. }) => format!("faults found: {total}"),
        JobResult::ImportCheck(CheckResult { file, outcome: Err(FileFaults { total, .. }), .. }) => {
            format!("{}: faults: {total}", file.name)
        }
        JobResult::ImportCheck(CheckResult { file, outcome: Ok(imported), .. }) => {
            format!("{}: would be {}", file.name, numbers(imported))
        }
        JobResult::Import(ImportResult { file, imported }) => format!("{}: {}", file.name, numbers(imported)),
        JobResult::PrivacyActivity(Activity { year, users, .. }) => {
            let over = users.iter().filter(|user| user.is_over).count();
            format!("year {year}: {} Other Users, {over} over the threshold", users.len())
        }
        JobResult::PrivacyEvaluation(Evaluated { year, raised, existing }) => {
            format!("year {year}: {} raised, {} had been raised", raised.len(), existing.len())
        }
    }
}

/// What an import does, in numbers.
fn numbers(imported: &ImportedValue) -> String {
    let changes = &imported.changes;
    let (new, changed, removed) = (changes.added.total, changes.replaced.total, changes.removed.total);
    format!("{new} new, {changed} changed, {} unchanged, {removed} removed", changes.unchanged)
}

impl ProgressPart {
    fn of(job: &Job) -> Self {
        let (done, of) = (job.progress.done(), job.progress.of());
        let runs = matches!(job.state, JobState::Runs);
        // What was added since the beginning must not make it more than all.
        let of = if done > of { 0 } else { of };
        Self { number: job.number, done, of, unit: job.kind.unit(), runs }
    }
}

pub(super) async fn list(app: web::Data<App>, frame: Frame) -> HttpResponse {
    let work = move |frame| {
        let jobs = app.console_jobs().iter().map(JobRow::from).collect();
        Ok(JobsPage { frame, jobs })
    };
    reply::page(frame.titled("Jobs"), work).await
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let frame = frame.titled(format!("Job {number}")).below("Jobs", "/jobs");
    let work = move |frame| {
        let job = find(&app, &number)?;
        let (mut is_outdated, mut is_kept) = (false, false);
        if let JobState::Done(_, result) = &job.state
            && let JobResult::ImportCheck(CheckResult { file, seen, .. }) = &**result
        {
            is_outdated = app.imports_of_kind(file.kind)?.number != *seen;
            is_kept = app.is_upload_kept(file.number);
        }
        let progress = ProgressPart::of(&job);
        Ok(JobPage { frame, job: JobRow::from(&job), progress, state: job.state, is_outdated, is_kept })
    };
    reply::page(frame, work).await
}

/// The part of the page that is live.
pub(super) async fn progress(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    reply::page(frame, move |_| Ok(ProgressPart::of(&find(&app, &number)?))).await
}

fn find(app: &App, number: &str) -> PageResult<Job> {
    let found = number.parse().ok().and_then(|number| app.console_job(number));
    found.ok_or_else(|| {
        PageError::not_found(format!(
            "There is no job {number}. An instance keeps the last 50 in its memory, and none when it is started again."
        ))
    })
}

/// Goes on to a job that was started: to its result if it is done within a moment.
pub(super) fn go_to(app: &App, started: Result<u64, JobRefused>) -> PageResult<Answer> {
    match started {
        Ok(number) => {
            app.await_console_job(number, AT_MOST);
            Ok(Answer::To(format!("/jobs/{number}")))
        }
        Err(refused @ (JobRefused::Runs { .. } | JobRefused::Stopping)) => {
            Err(PageError::conflict(format!("No job was started: {refused}.")))
        }
        Err(refused @ JobRefused::NoThread(_)) => Err(PageError::broken(refused)),
    }
}
