//! The register of firmware images, as it is shown.

use crate::{
    db::{Connection, StoreFault},
    domain::RegisteredImage,
    service::{App, Fault},
    store::{self, IncompleteSet},
};

/// The register of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRegister {
    /// Every image, by hash.
    pub images: Vec<RegisteredImage>,
    /// The part sets that wait for more of their parts.
    pub incomplete: Vec<IncompleteSet>,
}

impl App {
    /// The register of images, with the part sets that are not complete.
    ///
    /// # Errors
    /// When the store fails.
    pub fn image_register(&self) -> Result<ImageRegister, Fault> {
        let read = |connection: &mut Connection| {
            let images = store::firmware_images(connection)?;
            Ok::<_, StoreFault>(ImageRegister {
                images,
                incomplete: store::incomplete_part_sets(connection)?,
            })
        };
        Ok(self.store().read(read)?)
    }
}
