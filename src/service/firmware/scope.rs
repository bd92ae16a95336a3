//! Suppliers in scope of MP230, and the Devices that an image is for (FW/t).

use std::collections::{BTreeMap, BTreeSet};

use super::ScheduleFault;
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{Eui64, FirmwareHash, FirmwareVersion, ImageModel, Now, RegisteredImage},
    rules::firmware::{FirmwareSettings, is_large},
    service::App,
    store::{self, ImageTarget, SuppliedDevices},
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

/// The Suppliers in scope, by User. Every Device is looked at, range by range, each in a read of its own.
///
/// # Errors
/// When the database fails.
pub fn firmware_scope(
    store: &Store,
    settings: &FirmwareSettings,
    now: Now,
) -> Result<Vec<ScopedSupplier>, StoreFault> {
    let images = store.read::<_, StoreFault>(store::firmware_images)?;
    let models = large_models(&images, settings);
    let (mut supplied, mut after, mut is_last) = (SuppliedDevices::new(), None, models.is_empty());
    while !is_last {
        (after, is_last) = store.read::<_, StoreFault>(|connection| {
            let range = store::next_range(connection, after)?;
            store::count_supplied_smets1(connection, &range, now, &mut supplied)?;
            Ok((range.end, range.is_last))
        })?;
    }
    let mut devices = BTreeMap::<Eui64, u64>::new();
    for ((model, user), number) in supplied {
        if models.contains(&model) && number > settings.contact_above_images.into() {
            *devices.entry(user).or_default() += number;
        }
    }
    let users = store.read::<_, StoreFault>(store::all_users)?;
    let names = users.into_iter().map(|user| (user.id, user.party_name));
    let names = names.collect::<BTreeMap<_, _>>();
    let scoped = |(user, devices): (Eui64, u64)| {
        let party_name = names.get(&user).cloned().unwrap_or_default();
        ScopedSupplier { user, party_name, devices }
    };
    Ok(devices.into_iter().map(scoped).collect())
}

/// The Device Models of large images, each once; a part has the size of its whole.
fn large_models(images: &[RegisteredImage], settings: &FirmwareSettings) -> BTreeSet<ImageModel> {
    let by_hash = images.iter().map(|image| (image.hash, image)).collect::<BTreeMap<_, _>>();
    let whole = |image: &RegisteredImage| image.part_of.and_then(|whole| by_hash.get(&whole).copied());
    let large = images.iter().filter(|image| is_large(image, whole(image), settings));
    large.filter_map(|image| image.model.clone()).collect()
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
    let found = store::image_of(connection, hash)?;
    let found = found.and_then(|image| Some((image.version, image.model?)));
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
        Ok(firmware_scope(self.store(), settings, now)?)
    }
}
