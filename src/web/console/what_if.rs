//! What-if: what the engine would decide, for a made-up Device or for a message that is pasted. Nothing is stored.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    question::{self, ChoiceField, ReadQuestion},
    reply::{self, Answer},
    rule_text::RuleText,
    sent::Sent,
    shown::{DeviceLink, RequestLink, UserLink},
    verdict::{StepRow, Verdict},
};
use crate::{
    domain::{RequestIdUse, Rule, ServiceReferenceVariant, ServiceRequest},
    rules::{access, rulebook::common},
    service::{App, ExplainedMessage, Explaining, NotExplained, SignatureVerdict},
};

/// Where a message is sent to. Readers may: it decides nothing.
pub(super) const MESSAGE: &str = "/what-if/message";

#[derive(Template)]
#[template(path = "what_if.html")]
struct WhatIfPage {
    frame: Frame,
    fields: Vec<ChoiceField>,
    is_smets1: bool,
    missing: Vec<&'static str>,
    faults: Vec<PageError>,
    /// The answer to the question, and the question in words.
    answer: Option<(String, Verdict)>,
    pasted: Pasted,
}

/// The message that was pasted, and what became of it.
enum Pasted {
    Nothing,
    /// It is not decided: the rule, the place and the reason.
    Refused(String, RuleText, String),
    Decided(String, Box<MessageVerdict>),
}

impl Pasted {
    fn text(&self) -> &str {
        match self {
            Self::Nothing => "",
            Self::Refused(text, ..) | Self::Decided(text, _) => text,
        }
    }
}

/// What the service would answer to the message.
struct MessageVerdict {
    request: RequestLink,
    service: ServiceReferenceVariant,
    user: UserLink,
    device: Option<DeviceLink>,
    /// Why its signature is not accepted.
    signature_fault: Option<String>,
    /// The rule of the signature, and its code.
    signature_rule: &'static Rule,
    signature_code: &'static str,
    is_used: bool,
    verdict: Verdict,
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &question::KNOWN);
    let for_page = frame.clone().titled("What-if");
    reply::answer(frame, move || ask(&app, for_page, &parameters?)).await
}

fn ask(app: &App, frame: Frame, parameters: &Parameters) -> PageResult<Answer> {
    let ReadQuestion { question, missing, faults } = question::read(parameters);
    let decide = |question: &crate::rules::what_if::WhatIf| {
        let decision = app.what_if(question).map_err(PageError::broken)?;
        Ok::<_, PageError>((question.to_string(), Verdict::of(&decision, ServiceRequest::UpdateInventory)))
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let page = WhatIfPage {
        frame,
        fields: question::fields(parameters),
        is_smets1: parameters.text("smets1").is_some(),
        missing,
        faults,
        answer: question.as_ref().map(decide).transpose()?,
        pasted: Pasted::Nothing,
    };
    Answer::page_with(status, &page)
}

/// Decides a message that was pasted.
pub(super) async fn message(sent: Sent) -> HttpResponse {
    let work = |sent: &Sent| {
        let frame = sent.frame.clone().titled("What-if");
        explain(&sent.app, frame, sent.form.text("message").to_owned())
    };
    sent.answer(work).await
}

fn explain(app: &App, frame: Frame, text: String) -> PageResult<Answer> {
    let is_empty = text.is_empty();
    let pasted = if is_empty { Pasted::Nothing } else { explained(app, text)? };
    let empty = || PageError::bad_request("Field `message`", "is empty: paste the XML of a Service Request");
    let page = WhatIfPage {
        frame,
        fields: question::fields(&Parameters::none()),
        is_smets1: false,
        missing: Vec::new(),
        faults: is_empty.then(empty).into_iter().collect(),
        answer: None,
        pasted,
    };
    Answer::page_with(if is_empty { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)
}

fn explained(app: &App, text: String) -> PageResult<Pasted> {
    let refused = |text, rule: &str, reason: String| Ok(Pasted::Refused(text, RuleText::of(rule), reason));
    let how = Explaining { asks_csps: false, takes_id_as_new: true };
    match app.explain_message(text.as_bytes(), how)? {
        Err(NotExplained::NotXml(reason)) => refused(text, "SR/2", reason),
        Err(NotExplained::Invalid(reason)) => refused(text, common::SCHEMA.id, reason),
        Err(NotExplained::NotImplemented(variant)) => {
            let reason = format!("Service Request {variant} {} is not answered here", variant.name());
            refused(text, common::SCHEMA.id, reason)
        }
        Err(NotExplained::LocalDelivery) => {
            refused(text, common::COMMAND_VARIANT.id, access::LOCAL_DELIVERY.to_owned())
        }
        Ok(explained) => Ok(Pasted::Decided(text, Box::new(MessageVerdict::of(app, &explained)))),
    }
}

impl MessageVerdict {
    fn of(app: &App, explained: &ExplainedMessage) -> Self {
        let ExplainedMessage { request, signature, used, decision } = explained;
        let signature_fault = match signature {
            SignatureVerdict::Holds => None,
            SignatureVerdict::Absent => Some("there is none".to_owned()),
            SignatureVerdict::Fails(reason) => Some(reason.clone()),
        };
        let mut verdict = Verdict::of(decision, request.body.service());
        if let Some(fault) = &signature_fault {
            // The engine took the originator at its word.
            let taken = verdict.steps.iter_mut().filter(|step| step.known == Some(common::SIGNATURE));
            taken.for_each(|step| *step = StepRow::new(common::SIGNATURE.id, false, fault));
        }
        Self {
            request: RequestLink(request.id),
            service: request.variant,
            user: UserLink(request.id.originator),
            device: request.device().map(DeviceLink),
            signature_fault,
            signature_rule: common::SIGNATURE,
            signature_code: app.choices().codes.code_of(common::SIGNATURE).as_str(),
            is_used: *used != RequestIdUse::New,
            verdict,
        }
    }
}
