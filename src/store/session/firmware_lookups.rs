//! The lookups of a session about firmware, and its changes of it. Each lookup answers from the cache; while a round of prefetching
//! runs it notes what is missing, and else it asks the database.

use super::Session;
use crate::{
    db::StoreFault,
    domain::{AwaitedActivation, Eui64, FirmwareChange, FirmwareHash, PartSet, RegisteredImage},
    store::firmware,
};

impl Session<'_> {
    /// The image on the register, with those that were deferred.
    pub(in crate::store) fn image(
        &mut self,
        hash: FirmwareHash,
    ) -> Result<Option<RegisteredImage>, StoreFault> {
        if let Some(known) = self.firmware.images.get(&hash) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.firmware.images.insert(hash);
            return Ok(None);
        }
        Ok(firmware::images_of(self.connection, &[hash].into())?.pop())
    }

    /// The parts of an image, and those that a User sent.
    pub(in crate::store) fn part_set(
        &mut self,
        user: Eui64,
        whole: FirmwareHash,
    ) -> Result<PartSet, StoreFault> {
        let key = (user, whole);
        if let Some(known) = self.firmware.sets.get(&key) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.firmware.sets.insert(key);
            return Ok(PartSet::default());
        }
        Ok(firmware::sets_of(self.connection, &[key].into())?.remove(&key).unwrap_or_default())
    }

    /// The activation that is awaited of a Device, with those that were deferred.
    pub(in crate::store) fn awaited_activation(
        &mut self,
        device: Eui64,
    ) -> Result<Option<AwaitedActivation>, StoreFault> {
        if let Some(known) = self.firmware.awaited.get(&device) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.firmware.awaited.insert(device);
            return Ok(None);
        }
        firmware::activation_of_device(self.connection, device)
    }

    /// Applies a change to the cache, and defers writing it where many of its kind may come.
    pub(super) fn defer_firmware(&mut self, change: &FirmwareChange) -> Result<(), StoreFault> {
        match change {
            FirmwareChange::Register(image) => self.deferred.firmware.images.push((**image).clone()),
            FirmwareChange::KeepPart(part) => self.deferred.firmware.parts.push((**part).clone()),
            FirmwareChange::Await(awaited) => self.deferred.firmware.awaited.push((**awaited).clone()),
            FirmwareChange::CompleteSet(_) | FirmwareChange::Settle(..) => {
                firmware::apply(self.database()?, change)?;
            }
        }
        self.firmware.apply(change);
        Ok(())
    }
}
