//! What a session was asked for and does not have: the keys that a round of prefetching loads.

use std::collections::BTreeSet;

use super::firmware::WantedFirmware;
use crate::{
    domain::{Eui64, Mpxn},
    store::{coverage::CoverageLookup, cpl::ModelKey, device::DeviceLookup},
};

/// Keys of rows that are not in the cache.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) users: BTreeSet<Eui64>,
    pub(super) suppliers: BTreeSet<Mpxn>,
    pub(super) models: BTreeSet<ModelKey>,
    pub(super) extracts: bool,
    pub(super) coverage: BTreeSet<CoverageLookup>,
    pub(super) tsat: bool,
    pub(super) devices: BTreeSet<Eui64>,
    pub(super) lookups: BTreeSet<DeviceLookup>,
    pub(super) awaited: BTreeSet<Eui64>,
    pub(super) firmware: WantedFirmware,
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        let Self { users, suppliers, models, extracts, coverage, tsat, devices, lookups, awaited, firmware } =
            self;
        users.is_empty()
            && suppliers.is_empty()
            && models.is_empty()
            && !extracts
            && coverage.is_empty()
            && !tsat
            && devices.is_empty()
            && lookups.is_empty()
            && awaited.is_empty()
            && firmware.is_empty()
    }
}
