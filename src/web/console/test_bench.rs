//! Clock and reset, on an instance with `[test]` alone: its clock, its reset, and how Devices and CSPs are simulated.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    bench_tools::bench_of,
    form::Form,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply::{self, Answer},
    sent::Sent,
    shown::When,
};
use crate::{
    domain::{ActorName, Timestamp, instant_text, parse_instant},
    service::{App, manage::ClockFault},
};

/// The page, and the addresses of its forms.
pub(super) const PATH: &str = "/test-bench";
pub(super) const CLOCK: &str = "/test-bench/clock";
pub(super) const RESET: &str = "/test-bench/reset";

/// What is typed to confirm a reset.
const WORD: &str = "empty";

/// The steps that the clock is moved on by: seconds, and what they are called.
const STEPS: [(i64, &str); 7] = [
    (60, "1 minute"),
    (1_800, "30 minutes"),
    (3_600, "1 hour"),
    (86_400, "1 day"),
    (604_800, "7 days"),
    (2_592_000, "30 days"),
    (31_536_000, "365 days"),
];

#[derive(Template)]
#[template(path = "test_bench.html")]
struct TestBenchPage {
    frame: Frame,
    /// None where the clock is the real one.
    now: Option<When>,
    /// The clock as forms send it back.
    seen: String,
    steps: [(i64, &'static str); 7],
    word: &'static str,
    /// What was just done.
    done: Option<&'static str>,
    simulation: Vec<(&'static str, &'static str, String)>,
}

/// Refuses as if the form were not there, unless `[test] clock` is set.
fn require_test(app: &App) -> PageResult<()> {
    let missing = || PageError::not_found("This instance has no test clock: `[test] clock` is not set.");
    app.require_test_clock().map_err(|_| missing())
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &["done"]);
    let work = move |frame| {
        bench_of(&app)?;
        let has_clock = app.require_test_clock().is_ok();
        let done = parameters?.value_by("done", |text| match text {
            "clock" => Ok("The clock was moved."),
            "reset" => Ok("Every table was emptied. Load Users before the next request."),
            _ => Err("is none of `clock` and `reset`"),
        })?;
        let now = app.clock().now().0;
        Ok(TestBenchPage {
            frame,
            now: has_clock.then_some(When(now)),
            seen: instant_text(now),
            steps: STEPS,
            word: WORD,
            done,
            simulation: simulation_of(&app),
        })
    };
    reply::page(frame.titled("Clock and reset"), work).await
}

/// The switches of `[simulate]` as they stand: the setting, what it is about, and its value.
fn simulation_of(app: &App) -> Vec<(&'static str, &'static str, String)> {
    let choices = app.choices();
    let simulation = choices.simulation;
    let silent = choices.csp_unavailable.iter().map(|region| region.as_str()).collect::<Vec<_>>();
    let devices = choices.simulated_devices.map_or("not set", |devices| devices.as_str());
    vec![
        (
            "csp_unavailable",
            "CSP Regions that do not answer SR 12.1",
            if silent.is_empty() { "none".to_owned() } else { silent.join(", ") },
        ),
        ("devices", "What Devices do when they are asked", devices.to_owned()),
        (
            "delay_ms",
            "Time from the answer to the Device's report",
            format!("{} ms", simulation.delay.as_millis()),
        ),
        ("jitter_ms", "At most so much is added", format!("{} ms", simulation.jitter.as_millis())),
        ("fail_percent", "Of a hundred reports, so many are failures", simulation.fail_percent.to_string()),
        ("seed", "The seed of jitter and failures", simulation.seed.to_string()),
    ]
}

/// Moves the clock, as `PUT /manage/clock` does: to an instant, or on by a step.
pub(super) async fn move_clock(sent: Sent) -> HttpResponse {
    let work = |Sent { app, form, by, .. }: &Sent| {
        require_test(app)?;
        let now = app.clock().now().0;
        if form.text("seen") != instant_text(now) {
            let reason = format!(
                "The clock stands at {} by now: somebody else moved it since you loaded the page.",
                instant_text(now)
            );
            return Err(PageError::conflict(reason));
        }
        let to = wanted(form, now)?;
        app.move_clock(to, ActorName::from(by)).map_err(|fault| match fault {
            // It was a test clock just now, and stays one.
            ClockFault::NotTest(reason) => PageError::broken(reason),
            ClockFault::Fault(fault) => fault.into(),
        })?;
        tracing::info!(%by, to = instant_text(to), "test clock moved");
        Ok(Answer::To(format!("{PATH}?done=clock")))
    };
    sent.answer(work).await
}

/// The instant that the form asks for.
fn wanted(form: &Form, now: Timestamp) -> PageResult<Timestamp> {
    let step = form.text("step");
    if step.is_empty() {
        return parse_instant(form.text("to")).map_err(|reason| PageError::field("to", reason));
    }
    let known = STEPS.iter().find(|(seconds, _)| seconds.to_string() == step);
    let (seconds, _) = known.ok_or_else(|| PageError::field("step", "is none of those on the page"))?;
    let later = now.checked_add(jiff::SignedDuration::from_secs(*seconds));
    later.map_err(|_| PageError::field("step", "leads beyond the last instant there is"))
}

/// Empties every table, as `POST /manage/reset` does, where the word was typed.
pub(super) async fn reset(sent: Sent) -> HttpResponse {
    let work = |Sent { app, form, by, .. }: &Sent| {
        require_test(app)?;
        if form.text("word") != WORD {
            return Err(PageError::field("word", format!("is not `{WORD}`, which confirms it")));
        }
        app.reset(ActorName::from(by))?;
        tracing::info!(%by, "store emptied");
        Ok(Answer::To(format!("{PATH}?done=reset")))
    };
    sent.answer(work).await
}
