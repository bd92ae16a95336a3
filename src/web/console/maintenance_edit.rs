//! A maintenance window is written or changed. Its form is checked alone; the rules judge the month.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    form::Form,
    frame::Frame,
    maintenance,
    maintenance_fields::{columns, fields},
    maintenance_refusal::{refusal, unreadable},
    maintenance_window::{PATH, address_of, no_window, reference_of},
    order_fields::{Field, FieldKind},
    page_error::{PageError, PageResult},
    query::Parameters,
    refused::Refusal,
    reply::{self, Answer},
    sent::Sent,
};
use crate::{
    domain::{ActorName, maintenance::WindowReference},
    service::{App, ExpectedWindow, window_mark},
    web::manage::FieldFault,
};

/// The address of the page of a new window.
pub(super) const NEW: &str = "/maintenance/new";
/// Where it is sent to.
pub(super) const SAVE: &str = "/maintenance/new/save";

/// The field with the mark of the window that the form was filled from.
const SEEN: &str = "seen";

#[derive(Template)]
#[template(path = "maintenance_edit.html")]
struct EditPage {
    frame: Frame,
    refusal: Option<Refusal>,
    action: String,
    /// The mark of the window that the form was filled from; none of a new one.
    seen: Option<String>,
    fields: Vec<Field>,
}

fn new_page(frame: Frame) -> EditPage {
    EditPage {
        frame: frame.titled("New maintenance window").below("Maintenance", maintenance::PATH),
        refusal: None,
        action: SAVE.to_owned(),
        seen: None,
        fields: fields(None),
    }
}

fn page(app: &App, frame: Frame, reference: &WindowReference) -> PageResult<EditPage> {
    let details = app.maintenance_window(reference).map_err(unreadable)?;
    let details = details.ok_or_else(|| no_window(reference.as_str()))?;
    let address = address_of(reference);
    Ok(EditPage {
        frame: frame.titled(format!("Change {reference}")).below(&format!("Window {reference}"), &address),
        refusal: None,
        action: format!("{address}/save"),
        seen: Some(window_mark(&details.window)),
        fields: fields(Some(&details.window)),
    })
}

pub(super) async fn new(frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    reply::page(frame, move |frame| parameters.map(|_| new_page(frame))).await
}

pub(super) async fn edit(
    app: web::Data<App>,
    frame: Frame,
    reference: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        page(&app, frame, &reference_of(&reference)?)
    };
    reply::page(frame, work).await
}

/// Saves a new window.
pub(super) async fn create(sent: Sent) -> HttpResponse {
    sent.answer(|sent| {
        let reference = match sent.form.text("reference").parse::<WindowReference>() {
            Ok(reference) => reference,
            Err(reason) => {
                let fault = FieldFault { place: "reference".to_owned(), reason: reason.to_string() };
                return refused(new_page(sent.frame.clone()), &sent.form, fault.into());
            }
        };
        save(sent, &reference, ExpectedWindow::New, || Ok(new_page(sent.frame.clone())))
    })
    .await
}

/// Saves a window that is there, where it says what it said when its form was opened.
pub(super) async fn change(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let reference = reference_of(&reference)?;
        let seen = ExpectedWindow::Unchanged(sent.form.text(SEEN).to_owned());
        save(sent, &reference, seen, || page(&sent.app, sent.frame.clone(), &reference))
    })
    .await
}

fn save(
    sent: &Sent,
    reference: &WindowReference,
    expected: ExpectedWindow,
    again: impl Fn() -> PageResult<EditPage>,
) -> PageResult<Answer> {
    let by = ActorName::from(&sent.by);
    match sent.app.save_maintenance_window(reference, columns(&sent.form), expected, by) {
        Ok(_) => {
            tracing::info!(by = %sent.by, window = %reference, "maintenance window saved at the console");
            Ok(Answer::To(format!("{PATH}/{reference}")))
        }
        Err(fault) => refused(again()?, &sent.form, refusal(fault)?),
    }
}

/// The form again, with why, and with what was filled in.
fn refused(page: EditPage, form: &Form, refused: Refusal) -> PageResult<Answer> {
    let status = refused.status;
    if status == StatusCode::NOT_FOUND {
        return Err(PageError::not_found(refused.reason));
    }
    let mut page = EditPage { refusal: Some(refused), ..page };
    page.fields.iter_mut().for_each(|field| field.keep(form));
    // Who is told that somebody else saved may write over it then. Any other refusal leaves the mark as it was.
    if status != StatusCode::CONFLICT {
        page.seen = page.seen.map(|_| form.text(SEEN).to_owned());
    }
    Answer::page_with(status, &page)
}
