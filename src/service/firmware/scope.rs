//! Suppliers in scope of MP230, and the Devices that an image is for (FW/t).

use std::collections::BTreeMap;

use super::ScheduleFault;
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, FirmwareHash, FirmwareVersion, ImageModel, Now, RegisteredImage},
    rules::firmware::FirmwareSettings,
    service::App,
    store::{self, ImageTarget},
};

/// A Supplier with more than `firmware.contact_above_images` Commissioned SMETS1 Devices of a Device Model that has a large image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedSupplier {
    /// The User.
    pub user: Eui64,
    /// Its Party.
    pub party_name: String,
    /// Its Devices of those Device Models of which it has so many.
    pub devices: u64,
}

/// The Suppliers in scope, by User.
///
/// # Errors
/// When the database fails.
pub fn firmware_scope(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    now: Now,
) -> Result<Vec<ScopedSupplier>, StoreFault> {
    let images = store::firmware_images(connection)?;
    let mut devices = BTreeMap::<Eui64, u64>::new();
    for model in large_models(&images, settings) {
        for (user, number) in store::devices_of_model(connection, &model, now)? {
            if number > settings.contact_above_images.into() {
                *devices.entry(user).or_default() += number;
            }
        }
    }
    let names = store::all_users(connection)?.into_iter().map(|user| (user.id, user.party_name));
    let names = names.collect::<BTreeMap<_, _>>();
    let scoped = |(user, devices): (Eui64, u64)| {
        let party_name = names.get(&user).cloned().unwrap_or_default();
        ScopedSupplier { user, party_name, devices }
    };
    Ok(devices.into_iter().map(scoped).collect())
}

/// The Device Models of large images, each once; a part has the size of its whole.
fn large_models(images: &[RegisteredImage], settings: &FirmwareSettings) -> Vec<ImageModel> {
    let mut models = Vec::new();
    for image in images {
        let whole = image.part_of.and_then(|whole| images.iter().find(|image| image.hash == whole));
        let size = whole.map_or(image.size, |whole| whole.size);
        if let Some(model) = image.model.as_ref().filter(|_| size.is_above(settings.large_above_bytes))
            && !models.contains(model)
        {
            models.push(model.clone());
        }
    }
    models
}

/// The Devices that an image is for, of one Supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTargets {
    /// The firmware version of the image.
    pub version: FirmwareVersion,
    /// The Commissioned SMETS1 Devices of its Device Model, by ID.
    pub devices: Vec<ImageTarget>,
}

/// The Devices of an image's Device Model that a User is the Responsible Supplier of.
///
/// # Errors
/// When the register does not have the image with a Device Model, or the database fails.
pub fn image_targets(
    connection: &mut Connection,
    user: Eui64,
    hash: FirmwareHash,
    now: Now,
) -> Result<ImageTargets, ScheduleFault> {
    let image = store::firmware_images(connection)?.into_iter().find(|image| image.hash == hash);
    let found = image.and_then(|image| Some((image.version, image.model?)));
    let (version, model) = found.ok_or(ScheduleFault::NoImage(hash))?;
    let devices = store::targets_of_image(connection, user, hash, &model, now)?;
    Ok(ImageTargets { version, devices })
}

impl App {
    /// The Suppliers in scope, by User.
    ///
    /// # Errors
    /// When the store fails.
    pub fn firmware_scope(&self) -> Result<Vec<ScopedSupplier>, ScheduleFault> {
        let (settings, now) = (&self.choices().rules.firmware, self.clock().now());
        self.store().read(|connection| Ok(firmware_scope(connection, settings, now)?))
    }
}
