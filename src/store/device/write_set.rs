//! Writes of sets of Devices on a server: each by a fixed number of statements, as each is a round trip.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{
    columns::{DeviceRow, devices},
    write::not_in_inventory,
};
use crate::{
    db::{
        PgConnection, StoreFault,
        prepared::{self, BindColumn, Statement},
    },
    domain::{Device, DeviceDetails, Eui64},
    store::stored::text,
};

/// Inserts new Devices.
pub(in crate::store) fn insert_all(connection: &mut PgConnection, new: &[&Device]) -> Result<(), StoreFault> {
    let rows = new.iter().map(|device| DeviceRow::from(*device)).collect::<Vec<_>>();
    prepared::insert_set::<devices::table>(connection, &DeviceRow::columns(&rows))?;
    Ok(())
}

/// Replaces Devices that are in the SMI, whole.
pub(in crate::store) fn update_all(
    connection: &mut PgConnection,
    changed: &[&Device],
) -> Result<(), StoreFault> {
    let rows = changed.iter().map(|device| DeviceRow::from(*device)).collect::<Vec<_>>();
    let updated = prepared::update_set::<devices::table>(connection, &DeviceRow::columns(&rows))?;
    refuse_missing(connection, updated, changed.iter().map(|device| device.id))
}

/// Removes Devices, and every association with them.
pub(in crate::store) fn remove_all(
    connection: &mut PgConnection,
    removed: &BTreeSet<Eui64>,
) -> Result<(), StoreFault> {
    let ids = || removed.iter().map(ToString::to_string).collect::<Vec<_>>();
    let deleted =
        diesel::delete(devices::table.filter(devices::device_id.eq_any(ids()))).execute(connection)?;
    diesel::update(devices::table.filter(devices::chf_device_id.eq_any(ids())))
        .set(devices::chf_device_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(devices::table.filter(devices::associated_gpf_device_id.eq_any(ids())))
        .set(devices::associated_gpf_device_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(devices::table.filter(devices::associated_device_id.eq_any(ids())))
        .set(devices::associated_device_id.eq(None::<String>))
        .execute(connection)?;
    refuse_missing(connection, deleted, removed.iter().copied())
}

/// The prepared statement of [`set_details_of_all`].
struct SetDetailsOfAll;

impl Statement for SetDetailsOfAll {
    const TEXT: &'static [&'static str] = &[
        "UPDATE devices SET device_manufacturer = new.device_manufacturer, device_model = new.device_model, \
        smets_chts_version = new.smets_chts_version, firmware_version = new.firmware_version, \
        esme_variant = new.esme_variant FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ") AS new (device_id, device_manufacturer, device_model, smets_chts_version, firmware_version, esme_variant) \
        WHERE devices.device_id = new.device_id",
    ];
}

/// Replaces the details of Devices: the one change that comes by the hundred thousand, so it is written without the other columns.
pub(in crate::store) fn set_details_of_all(
    connection: &mut PgConnection,
    details: &BTreeMap<Eui64, DeviceDetails>,
) -> Result<(), StoreFault> {
    let rows = details.iter().map(|(id, details)| {
        let DeviceDetails { smets_chts_version, firmware_version, .. } = details;
        (id.to_string(), details, text(smets_chts_version.as_ref()), text(firmware_version.as_ref()))
    });
    let rows = rows.collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |(id, ..)| Some(id)),
        BindColumn::texts(&rows, |(_, details, ..)| Some(details.manufacturer.as_str())),
        BindColumn::texts(&rows, |(_, details, ..)| Some(details.model.as_str())),
        BindColumn::texts(&rows, |(_, _, smets_chts_version, _)| smets_chts_version.as_deref()),
        BindColumn::texts(&rows, |(.., firmware_version)| firmware_version.as_deref()),
        BindColumn::texts(&rows, |(_, details, ..)| details.esme_variant.map(|variant| variant.as_str())),
    ];
    let updated = prepared::run_with_rows::<SetDetailsOfAll>(connection, &columns)?;
    refuse_missing(connection, updated, details.keys().copied())
}

/// The conflict where a statement found fewer Devices than there are IDs. It only told how many, so the missing one is looked up.
fn refuse_missing(
    connection: &mut PgConnection,
    found: usize,
    ids: impl ExactSizeIterator<Item = Eui64> + Clone,
) -> Result<(), StoreFault> {
    if found == ids.len() {
        return Ok(());
    }
    let known = devices::table.filter(devices::device_id.eq_any(ids.clone().map(|id| id.to_string())));
    let known = known.select(devices::device_id).load::<String>(connection)?;
    let missing = ids.into_iter().find(|id| !known.contains(&id.to_string()));
    missing.map_or(Ok(()), |id| Err(not_in_inventory(id)))
}
