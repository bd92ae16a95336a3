//! `POST /manage/devices/{id}/events`: what a Device, its CSP or the DCC reports.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{
    devices::device_id,
    reply::{self, Body, Outcome, Refused},
};
use crate::{
    rules::event::DeviceEvent,
    service::{App, EventOutcome},
    web::body::BufferedBody,
};

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Reported {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    event: String,
}

#[derive(Serialize)]
struct Taken {
    device_id: String,
    event: &'static str,
    changes: Vec<String>,
}

pub(super) async fn take(service: web::Data<App>, id: web::Path<String>, body: Body) -> HttpResponse {
    let body = reply::whole(body);
    reply::blocking(move || tell(&service, &id, body)).await
}

fn tell(service: &App, id: &str, body: Outcome<BufferedBody>) -> Outcome<Taken> {
    let id = device_id(id)?;
    let Reported { event } = reply::read(body)?;
    let event: DeviceEvent = event.parse().map_err(|reason| Refused::malformed("event", reason))?;
    match service.device_event(id, event).map_err(Refused::fault)? {
        EventOutcome::Applied(changes) => {
            let changes = changes.iter().map(ToString::to_string).collect();
            Ok(Taken { device_id: id.to_string(), event: event.as_str(), changes })
        }
        EventOutcome::Refused(reason) => Err(Refused::new(StatusCode::CONFLICT, reason)),
    }
}
