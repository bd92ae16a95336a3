//! `GET /manage/firmware/images`: the register of firmware images, and the part sets that are not complete (SERVICE.md 5.2).

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Date, ImageModel, RegisteredImage, instant_text},
    rules::firmware::part_set_waits_too_long,
    service::{App, ImageRegister},
    store::IncompleteSet,
    web::manage::{
        page::{limit, no_such_place},
        reply::{self, ApiError, ApiResult},
    },
};

/// The query: the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct ImagesQuery {
    after: Option<String>,
    limit: Option<String>,
}

pub(in crate::web::manage) async fn images(
    app: web::Data<App>,
    asked: Result<web::Query<ImagesQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || register(&app, &asked)).await,
        Err(error) => reply::json::<ShownRegister>(Err(ApiError::malformed("query", error))),
    }
}

fn register(app: &App, asked: &ImagesQuery) -> ApiResult<ShownRegister> {
    let after = asked.after.as_deref().map(|after| after.parse().map_err(|_| no_such_place())).transpose()?;
    let limit = limit(asked.limit.as_deref())?;
    let ImageRegister { images, next, incomplete } =
        app.image_register(after, limit).map_err(ApiError::fault)?;
    Ok(ShownRegister {
        images: images.iter().map(|(image, is_large)| ShownImage::new(image, *is_large)).collect(),
        next: next.map(|next| next.to_string()),
        incomplete: incomplete.iter().map(|set| ShownSet::new(set, app.london_today())).collect(),
    })
}

#[derive(Serialize)]
struct ShownRegister {
    images: Vec<ShownImage>,
    /// The image that the next page comes behind; null on the last one.
    next: Option<String>,
    incomplete: Vec<ShownSet>,
}

/// An image, under the names of the columns of `firmware.csv`.
#[derive(Serialize)]
struct ShownImage {
    firmware_hash: String,
    size_bytes: u32,
    /// Whether it is large: over `firmware.large_above_bytes`. A part has the size of its whole (FW/b).
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
    fn new(image: &RegisteredImage, large: bool) -> Self {
        let RegisteredImage { hash, size, version, model, part_of, name, source, registered_at } = image;
        let of_model = |part: fn(&ImageModel) -> String| model.as_ref().map(part);
        Self {
            firmware_hash: hash.to_string(),
            size_bytes: size.bytes(),
            large,
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
