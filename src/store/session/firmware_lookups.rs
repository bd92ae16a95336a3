//! The lookups of a session about firmware, and its changes of it. Each lookup answers from the cache; while a round of prefetching
//! runs it notes what is missing, and else it asks the database.

use super::Session;
use crate::{
    db::StoreFault,
    domain::{
        AwaitedActivation, Date, Eui64, FirmwareChange, FirmwareDay, FirmwareHash, PartSet, RegisteredImage,
    },
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

    /// A User's London day: the large activations that were counted, with those that were deferred, and the agreed batches.
    pub(in crate::store) fn firmware_day(
        &mut self,
        user: Eui64,
        day: Date,
    ) -> Result<FirmwareDay, StoreFault> {
        let key = (user, day);
        if let Some(known) = self.firmware.days.get(&key) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.firmware.days.insert(key);
            return Ok(FirmwareDay::default());
        }
        Ok(firmware::days_of(self.connection, &[key].into())?.remove(&key).unwrap_or_default())
    }

    /// Applies a change to the cache, and defers writing it where many of its kind may come.
    pub(super) fn defer_firmware(&mut self, change: &FirmwareChange) -> Result<(), StoreFault> {
        match change {
            FirmwareChange::Register(image) => self.deferred.firmware.images.push((**image).clone()),
            FirmwareChange::KeepPart(part) => self.deferred.firmware.parts.push((**part).clone()),
            FirmwareChange::Await(awaited, counted) => {
                self.deferred.firmware.awaited.push(((**awaited).clone(), *counted));
            }
            FirmwareChange::CompleteSet(_) | FirmwareChange::Settle(..) => {
                firmware::apply(self.database()?, change)?;
            }
        }
        self.firmware.apply(change);
        Ok(())
    }
}
