//! The Devices of premises as a tree: each Communications Hub, and what is on it.

use super::shown::DeviceRow;
use crate::domain::{Device, DeviceType};

/// A Communications Hub and the Devices on it.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    /// The CHF; absent for Devices that are on none that is known.
    pub(super) chf: Option<DeviceRow>,
    pub(super) others: Vec<DeviceRow>,
}

/// Each CHF with what is on it, then those on no hub that is known.
pub(super) fn hubs_of(devices: &[Device]) -> Vec<Hub> {
    let is_chf = |device: &&Device| device.device_type == DeviceType::Chf;
    let hub = |chf: &Device| Hub {
        chf: Some(DeviceRow::from(chf)),
        others: devices.iter().filter(|device| is_on(device, chf)).map(DeviceRow::from).collect(),
    };
    let is_lost =
        |device: &&Device| !is_chf(device) && !devices.iter().filter(is_chf).any(|chf| is_on(device, chf));
    let lost = devices.iter().filter(is_lost).map(DeviceRow::from).collect::<Vec<_>>();
    let lost = Some(Hub { chf: None, others: lost }).filter(|lost| !lost.others.is_empty());
    devices.iter().filter(is_chf).map(hub).chain(lost).collect()
}

fn is_on(device: &Device, chf: &Device) -> bool {
    let is_its_gpf = device.device_type == DeviceType::Gpf && chf.associated_gpf == Some(device.id);
    device.device_type != DeviceType::Chf && (device.chf == Some(chf.id) || is_its_gpf)
}
