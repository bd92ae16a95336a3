//! States: the store as it stood, kept under a name and put back while the service runs, on a test instance.

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
    domain::{ActorName, Malformed},
    service::{
        App,
        test_bench::{KeptState, StateFault, StateName},
    },
    web::state_restore::{self, RestoreFault},
};

/// The page, and the addresses of its forms.
pub(super) const PATH: &str = "/states";
pub(super) const KEEP: &str = "/states/keep";
pub(super) const RESTORE: &str = "/states/restore";
pub(super) const DELETE: &str = "/states/delete";

#[derive(Template)]
#[template(path = "bench_states.html")]
struct StatesPage {
    frame: Frame,
    /// What was just done.
    done: Option<&'static str>,
    /// None where there is no folder for them.
    rows: Option<Vec<StateRow>>,
}

/// A state as the page shows it.
struct StateRow {
    name: String,
    taken_at: When,
    kilobytes: u64,
}

impl From<KeptState> for StateRow {
    fn from(KeptState { name, bytes, taken_at }: KeptState) -> Self {
        Self { name: name.to_string(), taken_at: When(taken_at), kilobytes: bytes.div_ceil(1_000) }
    }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &["done"]);
    let work = move |frame| {
        bench_of(&app)?;
        let done = parameters?.value_by("done", |text| match text {
            "kept" => Ok("The state was kept."),
            "restored" => Ok("The state was restored: what was done since it was kept is gone."),
            "deleted" => Ok("The state was deleted."),
            _ => Err("is none of `kept`, `restored` and `deleted`"),
        })?;
        let rows = match app.kept_states() {
            Ok(states) => Some(states.into_iter().map(StateRow::from).collect()),
            Err(StateFault::NoFolder) => None,
            Err(fault) => return Err(refused(fault)),
        };
        Ok(StatesPage { frame, done, rows })
    };
    reply::page(frame.titled("States"), work).await
}

/// Keeps the store as it stands.
pub(super) async fn keep(sent: Sent) -> HttpResponse {
    let work = |Sent { app, form, .. }: &Sent| {
        let name = wanted(app, form)?;
        app.keep_state(name).map_err(refused)?;
        Ok(Answer::To(format!("{PATH}?done=kept")))
    };
    sent.answer(work).await
}

/// Deletes a state.
pub(super) async fn delete(sent: Sent) -> HttpResponse {
    let work = |Sent { app, form, .. }: &Sent| {
        app.remove_state(&wanted(app, form)?).map_err(refused)?;
        Ok(Answer::To(format!("{PATH}?done=deleted")))
    };
    sent.answer(work).await
}

/// Puts the store back to a state, as `POST /manage/states/{name}/restore` does.
pub(super) async fn restore(Sent { app, frame, form, by }: Sent) -> HttpResponse {
    let done = match wanted(&app, &form) {
        Ok(name) => state_restore::restore(app, name, ActorName::from(&by)).await.map_err(not_restored),
        Err(error) => Err(error),
    };
    reply::answer(frame, move || done.map(|_| Answer::To(format!("{PATH}?done=restored")))).await
}

/// The state that a form names, where there may be states.
fn wanted(app: &App, form: &Form) -> PageResult<StateName> {
    bench_of(app)?;
    app.require_states().map_err(refused)?;
    form.text("name").parse().map_err(|reason: Malformed| PageError::field("name", reason))
}

fn not_restored(fault: RestoreFault) -> PageError {
    match fault {
        RestoreFault::State(fault) => refused(fault),
        fault @ RestoreFault::UnderWay => PageError::conflict(sentence(&fault)),
        fault @ RestoreFault::BrokeOff(_) => PageError::broken(fault),
    }
}

fn refused(fault: StateFault) -> PageError {
    match fault {
        fault @ (StateFault::NotTest(_) | StateFault::NoFolder | StateFault::Unknown(_)) => {
            PageError::not_found(sentence(&fault))
        }
        fault @ (StateFault::Busy | StateFault::InUse | StateFault::JobRuns | StateFault::Backup(_)) => {
            PageError::conflict(sentence(&fault))
        }
        fault @ StateFault::Folder(_) => PageError::broken(fault),
        StateFault::Fault(fault) => fault.into(),
    }
}

/// A message as a sentence of a page.
fn sentence(fault: &impl std::error::Error) -> String {
    let mut text = fault.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text + "."
}
