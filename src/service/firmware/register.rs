//! The register of firmware images, as it is shown.

use std::collections::BTreeSet;

use crate::{
    db::{Connection, StoreFault},
    domain::{FirmwareHash, RegisteredImage},
    rules::firmware::{FirmwareSettings, is_large},
    service::{App, Fault},
    store::{self, IncompleteSet},
};

/// A page of the register of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRegister {
    /// The images, by hash, and whether each is large.
    pub images: Vec<(RegisteredImage, bool)>,
    /// The last image of the page, where more follow.
    pub next: Option<FirmwareHash>,
    /// The part sets that wait for more of their parts: all of them.
    pub incomplete: Vec<IncompleteSet>,
}

fn page(
    connection: &mut Connection,
    settings: &FirmwareSettings,
    after: Option<FirmwareHash>,
    limit: u16,
) -> Result<ImageRegister, StoreFault> {
    let (images, next) = store::images_page(connection, after, limit)?;
    let wholes = images.iter().filter_map(|image| image.part_of).collect::<BTreeSet<_>>();
    let wholes = store::images_of(connection, &wholes)?;
    let with_size = |image: RegisteredImage| {
        let whole = wholes.iter().find(|whole| Some(whole.hash) == image.part_of);
        let is_large = is_large(&image, whole, settings);
        (image, is_large)
    };
    Ok(ImageRegister {
        images: images.into_iter().map(with_size).collect(),
        next,
        incomplete: store::incomplete_part_sets(connection)?,
    })
}

impl App {
    /// A page of the register of images, with the part sets that are not complete.
    ///
    /// # Errors
    /// When the store fails.
    pub fn image_register(&self, after: Option<FirmwareHash>, limit: u16) -> Result<ImageRegister, Fault> {
        let settings = &self.choices().rules.firmware;
        Ok(self.store().read(|connection| page(connection, settings, after, limit))?)
    }
}
