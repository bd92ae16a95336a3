//! Firmware images: the register, part sets that are not complete, and the Suppliers in scope of MP230.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    firmware_refusal::unreadable,
    frame::Frame,
    query::{PAGE, Parameters},
    reply,
    shown::{UserLink, When},
};
use crate::{
    domain::{FirmwareHash, RegisteredImage, YesNo},
    rules::firmware::part_set_waits_too_long,
    service::{App, ImageRegister, ScopedSupplier},
};

/// The address of the page.
pub(super) const PATH: &str = "/firmware/images";

/// The parameters of the address.
const KNOWN: [&str; 2] = ["scope", "after"];

#[derive(Template)]
#[template(path = "firmware_images.html")]
struct ImagesPage {
    frame: Frame,
    large_above: u32,
    images: Vec<ImageRow>,
    /// The address of the next page.
    next: Option<String>,
    incomplete: Vec<SetRow>,
    /// The Suppliers in scope, where they were asked for: every Device is looked at.
    scope: Option<Vec<ScopeRow>>,
    /// The address that asks for them.
    with_scope: String,
}

struct ImageRow {
    hash: String,
    size: String,
    is_large: bool,
    version: String,
    model: String,
    part_of: Option<String>,
    name: String,
    source: &'static str,
    registered: When,
}

/// A part set that waits for more of its parts.
struct SetRow {
    user: UserLink,
    part_of: String,
    have: usize,
    of: usize,
    since: When,
    /// Whether it waits for more than seven days: an SR 11.1 fails then (FW/p).
    is_late: bool,
}

struct ScopeRow {
    user: UserLink,
    party: String,
    devices: u64,
}

impl ImageRow {
    fn new((image, is_large): &(RegisteredImage, bool)) -> Self {
        Self {
            hash: image.hash.to_string(),
            size: image.size.to_string(),
            is_large: *is_large,
            version: image.version.to_string(),
            model: image.model.as_ref().map(ToString::to_string).unwrap_or_default(),
            part_of: image.part_of.map(|whole| whole.to_string()),
            name: image.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            source: image.source.as_str(),
            registered: When(image.registered_at),
        }
    }
}

impl From<ScopedSupplier> for ScopeRow {
    fn from(ScopedSupplier { user, party_name, devices }: ScopedSupplier) -> Self {
        Self { user: UserLink(user), party: party_name, devices }
    }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let ImageRegister { images, next, incomplete } =
            app.image_register(parameters.value::<FirmwareHash>("after")?, PAGE)?;
        let scope = match parameters.value::<YesNo>("scope")? {
            Some(YesNo::Yes) => Some(app.firmware_scope().map_err(unreadable)?),
            Some(YesNo::No) | None => None,
        };
        let today = app.london_today();
        let large_above = app.choices().rules.firmware.large_above_bytes;
        let set = |set: crate::service::console::IncompleteSetValue| SetRow {
            user: UserLink(set.user),
            part_of: set.part_of.to_string(),
            have: set.have,
            of: set.of,
            since: When(set.since),
            is_late: part_set_waits_too_long(set.since, today),
        };
        Ok(ImagesPage {
            frame,
            large_above,
            images: images.iter().map(ImageRow::new).collect(),
            next: next.map(|next| parameters.with(PATH, "after", Some(next))),
            with_scope: parameters.with(PATH, "scope", Some(YesNo::Yes)),
            incomplete: incomplete.into_iter().map(set).collect(),
            scope: scope.map(|scope| scope.into_iter().map(ScopeRow::from).collect()),
        })
    };
    reply::page(frame.titled("Firmware images"), work).await
}
