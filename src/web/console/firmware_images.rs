//! Firmware images: the register, part sets that are not complete, and the Suppliers in scope of MP230.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    firmware_refusal::unreadable,
    frame::Frame,
    query::Parameters,
    reply,
    shown::{UserLink, When},
};
use crate::{
    domain::RegisteredImage,
    rules::firmware::part_set_waits_too_long,
    service::{App, ImageRegister, ScopedSupplier},
};

/// The address of the page.
pub(super) const PATH: &str = "/firmware/images";

#[derive(Template)]
#[template(path = "firmware_images.html")]
struct ImagesPage {
    frame: Frame,
    large_above: u32,
    images: Vec<ImageRow>,
    incomplete: Vec<SetRow>,
    scope: Vec<ScopeRow>,
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
    fn new(image: &RegisteredImage, large_above: u32) -> Self {
        Self {
            hash: image.hash.to_string(),
            size: image.size.to_string(),
            is_large: image.size.is_above(large_above),
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
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame| {
        parameters?;
        let ImageRegister { images, incomplete } = app.image_register()?;
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
            images: images.iter().map(|image| ImageRow::new(image, large_above)).collect(),
            incomplete: incomplete.into_iter().map(set).collect(),
            scope: app.firmware_scope().map_err(unreadable)?.into_iter().map(ScopeRow::from).collect(),
        })
    };
    reply::page(frame.titled("Firmware images"), work).await
}
