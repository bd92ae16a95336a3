//! `GET /manage/firmware/images`: the register of firmware images, and the part sets that are not complete (SERVICE.md 5.2).

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::web::manage::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Date, ImageModel, RegisteredImage, instant_text},
    rules::firmware::part_set_waits_too_long,
    service::{App, ImageRegister},
    store::IncompleteSet,
};

pub(in crate::web::manage) async fn images(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || register(&app)).await
}

fn register(app: &App) -> ApiResult<ShownRegister> {
    let ImageRegister { images, incomplete } = app.image_register().map_err(ApiError::fault)?;
    let large_above = app.choices().rules.firmware.large_above_bytes;
    Ok(ShownRegister {
        images: images.iter().map(|image| ShownImage::new(image, large_above)).collect(),
        incomplete: incomplete.iter().map(|set| ShownSet::new(set, app.london_today())).collect(),
    })
}

#[derive(Serialize)]
struct ShownRegister {
    images: Vec<ShownImage>,
    incomplete: Vec<ShownSet>,
}

/// An image, under the names of the columns of `firmware.csv`.
#[derive(Serialize)]
struct ShownImage {
    firmware_hash: String,
    size_bytes: u32,
    /// Whether it is large: over `firmware.large_above_bytes`.
    large: bool,
    firmware_version: String,
    device_manufacturer: Option<String>,
    device_model: Option<String>,
    device_type: Option<&'static str>,
    part_of: Option<String>,
    name: Option<String>,
    source: &'static str,
    registered_at: String,
}

impl ShownImage {
    fn new(image: &RegisteredImage, large_above: u32) -> Self {
        let RegisteredImage { hash, size, version, model, part_of, name, source, registered_at } = image;
        let of_model = |part: fn(&ImageModel) -> String| model.as_ref().map(part);
        Self {
            firmware_hash: hash.to_string(),
            size_bytes: size.bytes(),
            large: size.is_above(large_above),
            firmware_version: version.to_string(),
            device_manufacturer: of_model(|model| model.manufacturer.to_string()),
            device_model: of_model(|model| model.model.to_string()),
            device_type: model.as_ref().map(|model| model.device_type.as_str()),
            part_of: part_of.map(|whole| whole.to_string()),
            name: name.as_ref().map(ToString::to_string),
            source: source.as_str(),
            registered_at: instant_text(*registered_at),
        }
    }
}

/// A part set that waits for more of its parts.
#[derive(Serialize)]
struct ShownSet {
    user_id: String,
    part_of: String,
    have: usize,
    of: usize,
    since: String,
    /// Whether it waits for more than seven days: an SR 11.1 fails then (FW/p).
    late: bool,
}

impl ShownSet {
    fn new(set: &IncompleteSet, today: Date) -> Self {
        let IncompleteSet { user, part_of, have, of, since } = set;
        Self {
            user_id: user.to_string(),
            part_of: part_of.to_string(),
            have: *have,
            of: *of,
            since: instant_text(*since),
            late: part_set_waits_too_long(*since, today),
        }
    }
}
