//! Firmware of Devices: the register of images, the parts that Users sent, activations and their count, and delivery
//! schedules.

mod activations;
mod capacity;
mod count;
mod csv;
mod facts;
mod images;
mod parts;
mod recipients;
mod schedules;
mod tables;
mod targets;
mod totals;
mod use_of_days;

pub use self::{
    activations::{all_awaited, of_device as activation_of_device},
    capacity::all as firmware_capacities,
    count::{day_of as firmware_day_of, days_of_user as firmware_days_of},
    images::{all as all_images, find as image_of, images_of, page as images_page},
    parts::{IncompleteSet, incomplete},
    recipients::recipients_facts,
    schedules::{
        CountedDay, ScheduleFilter, agree as agree_schedule, agreed_between, agreed_from, batches_of,
        counted_between, displace as displace_batch, find as find_delivery_schedule, find_agreed_batch,
        insert as insert_delivery_schedule, page as delivery_schedules_page, withdraw as withdraw_schedule,
    },
    targets::{ImageTarget, SuppliedDevices, count_supplied, targets_of},
    totals::{BatchTotals, totals_of as batch_totals_of},
    use_of_days::{FreeActivation, UsedImages, each_free_activation, used_images},
};
pub(in crate::store) use self::{
    activations::{awaited_of, firmware_activations, insert_all as insert_activations},
    capacity::CapacityLine,
    count::{DayKey, days_of},
    csv::FirmwareLine as ImageLine,
    facts::{load_activate, load_update},
    images::{firmware_images, insert_all as insert_images},
    parts::{firmware_parts, insert_all as insert_parts, sets_of},
    tables::{firmware_batches, firmware_capacity, firmware_days, firmware_schedules},
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
        FirmwareChange::Await(awaited, counted) => activations::insert(connection, awaited, counted.as_ref()),
        FirmwareChange::Settle(request, outcome, at) => {
            activations::settle(connection, request, *outcome, *at)
        }
    }
}
