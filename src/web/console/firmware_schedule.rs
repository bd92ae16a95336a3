//! A delivery schedule: its batches, what the Service Desk may do about it, and what happened to it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    act_row::ActRow,
    firmware_refusal::{refusal, unreadable},
    firmware_schedules::{PATH, mark_of},
    form::Form,
    frame::Frame,
    notice_link::NoticeLink,
    page_error::{PageError, PageResult},
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    rule_text::RuleText,
    sent::Sent,
    shown::UserLink,
};
use crate::{
    domain::{ActorName, BatchNumber, ClashSettlement, ScheduleNumber, ScheduleState},
    service::{
        AgreeSchedule, App, ClashChoice, ScheduleFault, ShownSchedule,
        console::{ListOrderValue, NoticeFilterValue, PageRequestValue},
    },
    web::{
        firmware::{ShownDeliveryBatch, ShownDeliverySchedule},
        manage::FieldFault,
    },
};

/// The notices on the page.
const NOTICES: u16 = 50;

#[derive(Template)]
#[template(path = "firmware_schedule.html")]
struct SchedulePage {
    frame: Frame,
    number: ScheduleNumber,
    shown: ShownDeliverySchedule,
    user: UserLink,
    mark: &'static str,
    state: ScheduleState,
    /// Why what was sent is not done.
    refusal: Option<Refusal>,
    /// What was filled in, and not taken.
    form: Form,
    warnings: Vec<(RuleText, String)>,
    acts: Vec<ActRow>,
    notices: Vec<NoticeLink>,
    more_notices: bool,
}

impl SchedulePage {
    fn filled(&self, name: &str) -> &str {
        self.form.text(name)
    }

    /// What is left of a batch's day, where it is not placed yet.
    fn room(&self, batch: &ShownDeliveryBatch) -> Option<u64> {
        let room = self.shown.room.iter().find(|room| room.day == batch.day);
        room.filter(|_| self.state == ScheduleState::Open).map(|room| room.room)
    }

    fn is_short(&self, batch: &ShownDeliveryBatch) -> bool {
        self.room(batch).is_some_and(|room| room < batch.images.into())
    }
}

/// How a result of a response time is marked.
fn mark_of_result(result: &str) -> &'static str {
    match result {
        "met" => "good",
        "missed" => "bad",
        _ => "plain",
    }
}

fn number_of(text: &str) -> PageResult<ScheduleNumber> {
    text.parse().map_err(|_| PageError::not_found(format!("There is no schedule {text}.")))
}

fn address_of(number: ScheduleNumber) -> String {
    format!("{PATH}/{number}")
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    number: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        page(&app, frame, number_of(&number)?, None, Form::default())
    };
    reply::page(frame, work).await
}

fn page(
    app: &App,
    frame: Frame,
    number: ScheduleNumber,
    refusal: Option<Refusal>,
    form: Form,
) -> PageResult<SchedulePage> {
    let shown = app.firmware_schedule(number).map_err(unreadable)?;
    let about = NoticeFilterValue { about: Some(number.to_string()), ..NoticeFilterValue::default() };
    let notices = app.notices(&about, ListOrderValue::OldestFirst, PageRequestValue::first(NOTICES))?;
    let more_notices = notices.next.is_some();
    let of_area = |row: &NoticeLink| row.kind.starts_with("firmware.");
    Ok(SchedulePage {
        frame: frame.titled(format!("Schedule {number}")).below("Schedules", PATH),
        number,
        user: UserLink(shown.schedule.user),
        mark: mark_of(shown.schedule.state),
        state: shown.schedule.state,
        refusal,
        form,
        warnings: shown.warnings.iter().map(|step| (step.rule.into(), step.saw.clone())).collect(),
        acts: shown.acts.iter().map(ActRow::from).collect(),
        more_notices,
        notices: notices.rows.into_iter().map(NoticeLink::from).filter(of_area).collect(),
        shown: shown.into(),
    })
}

/// The Service Desk agrees a schedule, as asked or by settling a clash.
pub(super) async fn agree(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let number = number_of(&number)?;
        let done = how(sent).map(|how| sent.app.agree_firmware_schedule(number, how));
        answer(sent, number, done)
    })
    .await
}

/// A schedule is withdrawn.
pub(super) async fn withdraw(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let number = number_of(&number)?;
        let reason = field("reason", sent.form.text("reason"));
        let done = reason
            .map(|reason| sent.app.withdraw_firmware_schedule(number, ActorName::from(&sent.by), reason));
        answer(sent, number, done)
    })
    .await
}

fn how(sent: &Sent) -> Result<AgreeSchedule, FieldFault> {
    let clash = sent.form.text("clash");
    let clash = if clash.is_empty() { None } else { Some(field("clash", clash)?) };
    let named = sent.form.text("displace").split([',', ' ', ';']).filter(|number| !number.is_empty());
    let displace = named.map(|number| field("displace", number)).collect::<Result<Vec<BatchNumber>, _>>()?;
    // Who names batches and chooses nothing means them to move.
    let clash = if displace.is_empty() { clash } else { clash.or(Some(ClashSettlement::Displace)) };
    let in_vain = |reason: &str| FieldFault { place: "displace".to_owned(), reason: reason.to_owned() };
    let clash = ClashChoice::new(clash, displace).map_err(in_vain)?;
    let reason = field("reason", sent.form.text("reason"))?;
    Ok(AgreeSchedule { by: ActorName::from(&sent.by), reason, clash })
}

fn field<T: std::str::FromStr<Err: ToString>>(place: &str, text: &str) -> Result<T, FieldFault> {
    let fault = |reason: String| FieldFault { place: place.to_owned(), reason };
    if text.is_empty() {
        return Err(fault("missing".to_owned()));
    }
    text.parse().map_err(|reason: T::Err| fault(reason.to_string()))
}

/// The page of the schedule: as it is now, or with why what was sent is not done.
fn answer(
    sent: &Sent,
    number: ScheduleNumber,
    done: Result<Result<ShownSchedule, ScheduleFault>, FieldFault>,
) -> PageResult<Answer> {
    let refused = match done {
        Err(fault) => Refusal::from(fault),
        Ok(Err(fault)) => refusal(fault)?,
        Ok(Ok(_)) => {
            tracing::info!(by = %sent.by, schedule = %number, "delivery schedule changed at the console");
            return Ok(Answer::To(address_of(number)));
        }
    };
    if refused.status == StatusCode::NOT_FOUND {
        return Err(PageError::not_found(refused.reason));
    }
    let (app, frame, status) = (&sent.app, sent.frame.clone(), refused.status);
    Answer::page_with(status, &page(app, frame, number, Some(refused), sent.form.clone())?)
}
