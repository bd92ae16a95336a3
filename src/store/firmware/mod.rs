//! Firmware of Devices: the register of images, the parts that Users sent, and activations.

mod activations;
mod csv;
mod facts;
mod images;
mod parts;
mod recipients;

pub use self::{
    activations::{all_awaited, of_device as activation_of_device},
    images::all as all_images,
    parts::{IncompleteSet, incomplete},
    recipients::recipients_facts,
};
pub(in crate::store) use self::{
    activations::{awaited_of, firmware_activations, insert_all as insert_activations},
    csv::FirmwareLine as ImageLine,
    facts::{load_activate, load_update},
    images::{firmware_images, images_of, insert_all as insert_images},
    parts::{firmware_parts, insert_all as insert_parts, sets_of},
};

use crate::{
    db::{Connection, StoreFault},
    domain::FirmwareChange,
};

/// Applies a change.
///
/// # Errors
/// When an activation of the Device is awaited already, or the database fails.
pub(in crate::store) fn apply(
    connection: &mut Connection,
    change: &FirmwareChange,
) -> Result<(), StoreFault> {
    match change {
        FirmwareChange::Register(image) => images::insert(connection, image),
        FirmwareChange::KeepPart(part) => parts::insert(connection, part),
        FirmwareChange::CompleteSet(part) => parts::forget_set(connection, part.user, part.whole),
        FirmwareChange::Await(awaited) => activations::insert(connection, awaited),
        FirmwareChange::Settle(request, outcome, at) => {
            activations::settle(connection, request, *outcome, *at)
        }
    }
}
