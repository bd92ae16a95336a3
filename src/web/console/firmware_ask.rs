//! A delivery schedule is asked for: batches are written or planned, then handed in.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    firmware_refusal::refusal,
    firmware_schedules,
    form::Form,
    frame::Frame,
    page_error::PageResult,
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    sent::Sent,
};
use crate::{
    domain::{ActorName, AskedBatch, Date, ImageSize, ScheduleAsk, parse_date},
    service::App,
    web::manage::FieldFault,
};

/// The address of the page.
pub(super) const PATH: &str = "/firmware/schedules/new";
/// What a plan is made of, by the address.
const KNOWN: [&str; 3] = ["images", "from", "per_day"];

#[derive(Template)]
#[template(path = "firmware_ask.html")]
struct AskPage {
    frame: Frame,
    today: Date,
    refusal: Option<Refusal>,
    form: Form,
    /// What a plan says of itself.
    planned: Option<String>,
}

impl AskPage {
    fn filled(&self, name: &str) -> &str {
        self.form.text(name)
    }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let images = parameters.value::<u32>("images")?;
        let from = parameters.value_by("from", parse_date)?;
        let per_day = parameters.value::<u32>("per_day")?;
        let mut fields =
            KNOWN.map(|name| (name.to_owned(), parameters.text(name).unwrap_or_default().to_owned()));
        let Some(images) = images else { return Ok(page(&app, frame, Form::of(fields.to_vec()))) };
        let plan = app.plan_firmware(images.into(), from.unwrap_or_else(|| app.london_today()), per_day);
        let plan = match plan {
            Ok(plan) => plan,
            Err(fault) => {
                let refused = refusal(fault)?;
                return Ok(AskPage {
                    refusal: Some(refused),
                    ..page(&app, frame, Form::of(fields.to_vec()))
                });
            }
        };
        let lines = plan.iter().map(|day| format!("{},{}", day.day, day.images)).collect::<Vec<_>>();
        let last = plan
            .last()
            .map(|last| format!("{} days, the last {} with {}", plan.len(), last.day, last.images));
        let mut fields = std::mem::take(&mut fields).to_vec();
        fields.push(("batches".to_owned(), lines.join("\n")));
        Ok(AskPage { planned: last, ..page(&app, frame, Form::of(fields)) })
    };
    reply::page(frame, work).await
}

fn page(app: &App, frame: Frame, form: Form) -> AskPage {
    AskPage {
        frame: frame.titled("Ask for a schedule").below("Schedules", firmware_schedules::PATH),
        today: app.london_today(),
        refusal: None,
        form,
        planned: None,
    }
}

/// Hands it in.
pub(super) async fn send(sent: Sent) -> HttpResponse {
    sent.answer(|sent| {
        let done = read(&sent.form).map(|ask| sent.app.ask_firmware_schedule(ask, ActorName::from(&sent.by)));
        let refused = match done {
            Err(fault) => Refusal::from(fault),
            Ok(Err(fault)) => refusal(fault)?,
            Ok(Ok(asked)) => {
                let number = asked.schedule.number;
                tracing::info!(by = %sent.by, schedule = %number, "delivery schedule asked for at the console");
                return Ok(Answer::To(format!("{}/{number}", firmware_schedules::PATH)));
            }
        };
        refused_page(sent, refused)
    })
    .await
}

fn refused_page(sent: &Sent, refused: Refusal) -> PageResult<Answer> {
    let status = refused.status;
    let page = AskPage { refusal: Some(refused), ..page(&sent.app, sent.frame.clone(), sent.form.clone()) };
    Answer::page_with(status, &page)
}

fn read(form: &Form) -> Result<ScheduleAsk, FieldFault> {
    Ok(ScheduleAsk {
        user: required("user", form)?,
        hash: required("firmware_hash", form)?,
        size: optional::<ImageSize>("size_bytes", form)?,
        images: optional("images", form)?,
        batches: batches(form.text("batches"))?,
        security: !form.text("security").is_empty(),
        reason: optional("reason", form)?,
    })
}

/// The batches as the area has them: a line each of `day,images` and where wanted `,update_firmware_on`.
fn batches(text: &str) -> Result<Vec<AskedBatch>, FieldFault> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| batch(line).map_err(|reason| fault(&format!("batches, line {number}"), reason)))
        .collect()
}

fn batch(line: &str) -> Result<AskedBatch, String> {
    let cells = line.split(',').map(str::trim).collect::<Vec<_>>();
    let day = |text: &str| parse_date(text).map_err(|reason| reason.to_string());
    let images = |text: &str| text.parse().map_err(|_| format!("`{text}` is not a number of images"));
    match cells.as_slice() {
        [on, number] | [on, number, ""] => {
            Ok(AskedBatch { day: day(on)?, images: images(number)?, update_firmware_on: None })
        }
        [on, number, updated] => {
            Ok(AskedBatch { day: day(on)?, images: images(number)?, update_firmware_on: Some(day(updated)?) })
        }
        _ => Err("a line is `day,images` or `day,images,update_firmware_on`".to_owned()),
    }
}

fn required<T: std::str::FromStr<Err: ToString>>(name: &str, form: &Form) -> Result<T, FieldFault> {
    optional(name, form)?.ok_or_else(|| fault(name, "missing"))
}

fn optional<T: std::str::FromStr<Err: ToString>>(name: &str, form: &Form) -> Result<Option<T>, FieldFault> {
    let text = form.text(name);
    let read =
        (!text.is_empty()).then(|| text.parse().map_err(|reason: T::Err| fault(name, reason.to_string())));
    read.transpose()
}

fn fault(place: &str, reason: impl ToString) -> FieldFault {
    FieldFault { place: place.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_lines_and_a_fault_names_its_line() {
        let read = batches("2026-03-02,12000\n\n 2026-03-03 , 500 , 2026-02-27\n2026-03-04,1,").unwrap();
        let seen =
            read.iter().map(|batch| (batch.images, batch.update_firmware_on.map(|day| day.to_string())));
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [(12_000, None), (500, Some("2026-02-27".to_owned())), (1, None)]
        );
        let told =
            |text| batches(text).map_err(|fault| format!("{}: {}", fault.place, fault.reason)).unwrap_err();
        assert_eq!(
            told("2026-03-02,1\n2026-03-32,1"),
            "batches, line 2: `2026-03-32` is not a date like `2026-01-31`"
        );
        assert_eq!(told("2026-03-02,-1"), "batches, line 1: `-1` is not a number of images");
        assert_eq!(
            told("2026-03-02"),
            "batches, line 1: a line is `day,images` or `day,images,update_firmware_on`"
        );
    }
}
