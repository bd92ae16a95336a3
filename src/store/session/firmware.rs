//! Firmware in a session: the cache of images, part sets, awaited activations and counted days, what a round of prefetching wants of them, and their
//! deferred changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, PgConnection, StoreFault},
    domain::{
        AwaitedActivation, CountedActivation, Eui64, FirmwareChange, FirmwareDay, FirmwareHash, PartSet,
        RegisteredImage, SetPart,
    },
    store::firmware::{self, DayKey, insert_activations, insert_images, insert_parts},
};

/// A User, and an image that has parts.
type SetKey = (Eui64, FirmwareHash);

/// Cached rows. The absence of one is cached too.
#[derive(Default)]
pub(super) struct FirmwareRows {
    pub(super) images: BTreeMap<FirmwareHash, Option<RegisteredImage>>,
    pub(super) sets: BTreeMap<SetKey, PartSet>,
    pub(super) awaited: BTreeMap<Eui64, Option<AwaitedActivation>>,
    pub(super) days: BTreeMap<DayKey, FirmwareDay>,
}

/// Keys of rows that are not in the cache.
#[derive(Default, PartialEq, Eq)]
pub(super) struct WantedFirmware {
    pub(super) images: BTreeSet<FirmwareHash>,
    pub(super) sets: BTreeSet<SetKey>,
    pub(super) awaited: BTreeSet<Eui64>,
    pub(super) days: BTreeSet<DayKey>,
}

impl WantedFirmware {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl FirmwareRows {
    /// Drops what changes that bypassed the cache may have made untrue.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Loads these rows, by a statement or two for each kind.
    pub(super) fn load(
        &mut self,
        connection: &mut Connection,
        wanted: WantedFirmware,
    ) -> Result<(), StoreFault> {
        let WantedFirmware { images, sets, awaited, days } = wanted;
        if !images.is_empty() {
            let found = firmware::images_of(connection, &images)?;
            self.images.extend(images.into_iter().map(|hash| (hash, None)));
            self.images.extend(found.into_iter().map(|image| (image.hash, Some(image))));
        }
        if !sets.is_empty() {
            self.sets.extend(firmware::sets_of(connection, &sets)?);
        }
        if !awaited.is_empty() {
            let found = firmware::awaited_of(connection, &awaited)?;
            self.awaited.extend(awaited.into_iter().map(|device| (device, None)));
            self.awaited.extend(found.into_iter().map(|one| (one.device, Some(one))));
        }
        if !days.is_empty() {
            self.days.extend(firmware::days_of(connection, &days)?);
        }
        Ok(())
    }

    /// Applies a change to the cache.
    pub(super) fn apply(&mut self, change: &FirmwareChange) {
        match change {
            FirmwareChange::Register(image) => {
                let known = self.images.entry(image.hash).or_default();
                known.get_or_insert_with(|| (**image).clone());
            }
            FirmwareChange::KeepPart(kept) => {
                if let Some(set) = self.sets.get_mut(&(kept.user, kept.whole)) {
                    set.have.insert(kept.part);
                }
            }
            FirmwareChange::CompleteSet(kept) => {
                if let Some(set) = self.sets.get_mut(&(kept.user, kept.whole)) {
                    set.have.clear();
                }
            }
            FirmwareChange::Await(awaited, counted) => {
                if let Some(counted) = counted
                    && let Some(day) = self.days.get_mut(&(counted.user, counted.day))
                {
                    day.add(counted);
                }
                self.awaited.insert(awaited.device, Some((**awaited).clone()));
            }
            // By an event, which is no part of a batch.
            FirmwareChange::Settle(..) => self.awaited.clear(),
        }
    }
}

/// Changes that are in the cache and not in the database yet.
#[derive(Default)]
pub(super) struct DeferredFirmware {
    pub(super) images: Vec<RegisteredImage>,
    pub(super) parts: Vec<SetPart>,
    pub(super) awaited: Vec<(AwaitedActivation, Option<CountedActivation>)>,
}

impl DeferredFirmware {
    /// Writes the deferred changes, by a statement for each kind.
    pub(super) fn flush(self, server: &mut PgConnection) -> Result<(), StoreFault> {
        let Self { images, parts, awaited } = self;
        insert_images(server, &images)?;
        insert_parts(server, &parts)?;
        insert_activations(server, &awaited)
    }
}
