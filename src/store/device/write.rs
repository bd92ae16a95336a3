//! Inserts, updates and deletions of Devices.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    BATCH,
    columns::{DeviceRow, TABLE, devices},
};
use crate::{
    db::{
        Connection, StoreFault, insert_rows,
        prepared::{self, BindValue, Statement},
    },
    domain::{Date, Device, DeviceDetails, Eui64, Mpxn, MpxnKind, SmiStatus, StatusMove},
    store::stored::text,
};

/// The conflict of a change to a Device that is not in the inventory.
pub(in crate::store) fn not_in_inventory(device: Eui64) -> StoreFault {
    StoreFault::Conflict { kind: "no_device", reason: format!("device `{device}` is not in the inventory") }
}

/// The conflict of a status change whose Device is no longer in the status it starts from.
pub(in crate::store) fn status_moved(device: Eui64, from: SmiStatus) -> StoreFault {
    StoreFault::Conflict { kind: "status_moved", reason: format!("device `{device}` is no longer {from}") }
}

/// Inserts new Devices, in batches.
pub(in crate::store) fn insert(connection: &mut Connection, new: &[&Device]) -> Result<(), StoreFault> {
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(|device| DeviceRow::from(*device)).collect::<Vec<_>>();
        insert_rows!(connection, devices::table, rows)?;
    }
    Ok(())
}

/// Deletes those of these Devices that are in the SMI; returns the status that each had.
pub(in crate::store) fn delete_returning_status(
    connection: &mut Connection,
    ids: &[Eui64],
) -> Result<BTreeMap<Eui64, Option<SmiStatus>>, StoreFault> {
    let mut statuses = BTreeMap::new();
    for batch in ids.chunks(BATCH) {
        let ids = batch.iter().map(ToString::to_string).collect::<Vec<_>>();
        let known = devices::table.filter(devices::device_id.eq_any(ids));
        let rows = known.clone().select((devices::device_id, devices::status));
        for (id, status) in rows.load::<(String, Option<String>)>(connection)? {
            let status = TABLE.optional("status", status.as_deref())?;
            statuses.insert(TABLE.value("device_id", &id)?, status);
        }
        diesel::delete(known).execute(connection)?;
    }
    Ok(statuses)
}

/// The prepared statement of [`set_details`], the one change that is made by the hundred thousand.
struct SetDetails;

impl Statement for SetDetails {
    const TEXT: &'static [&'static str] = &[
        "UPDATE devices SET device_manufacturer = ",
        ", device_model = ",
        ", smets_chts_version = ",
        ", firmware_version = ",
        ", esme_variant = ",
        " WHERE device_id = ",
    ];
}

/// Replaces the details of a Device.
pub(in crate::store) fn set_details(
    connection: &mut Connection,
    id: Eui64,
    details: &DeviceDetails,
) -> Result<(), StoreFault> {
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = details;
    let changed = prepared::run::<SetDetails>(
        connection,
        &[
            BindValue::Text(manufacturer.as_str()),
            BindValue::Text(model.as_str()),
            BindValue::Optional(text(smets_chts_version.as_ref()).as_deref()),
            BindValue::Optional(text(firmware_version.as_ref()).as_deref()),
            BindValue::Optional(esme_variant.map(|variant| variant.as_str())),
            BindValue::Text(&id.to_string()),
        ],
    )?;
    if changed == 1 { Ok(()) } else { Err(not_in_inventory(id)) }
}

/// Sets the status of a Device, if it still has the status that the change starts from.
pub(in crate::store) fn set_status(
    connection: &mut Connection,
    change: StatusMove,
) -> Result<(), StoreFault> {
    let StatusMove { device, from, to, date_commissioned } = change;
    // Compare and set: a status that changed since the decision was made must conflict, not be overwritten.
    let row = devices::table.find(device.to_string()).filter(devices::status.eq(from.as_str()));
    let changed = diesel::update(row).set(devices::status.eq(to.as_str())).execute(connection)?;
    if changed != 1 {
        return Err(status_moved(device, from));
    }
    if let Some(date) = date_commissioned {
        diesel::update(devices::table.find(device.to_string()))
            .set(devices::date_commissioned.eq(date.to_string()))
            .execute(connection)?;
    }
    Ok(())
}

/// Sets one supply point of a Device.
pub(in crate::store) fn set_mpxn(
    connection: &mut Connection,
    id: Eui64,
    kind: MpxnKind,
    mpxn: &Mpxn,
) -> Result<(), StoreFault> {
    let update = diesel::update(devices::table.find(id.to_string()));
    let changed = match kind {
        MpxnKind::ImportMpxn => update.set(devices::import_mpxn.eq(mpxn.as_str())).execute(connection)?,
        MpxnKind::SecondaryImportMpan => {
            update.set(devices::secondary_import_mpan.eq(mpxn.as_str())).execute(connection)?
        }
        MpxnKind::ExportMpan => update.set(devices::export_mpan.eq(mpxn.as_str())).execute(connection)?,
    };
    if changed == 1 { Ok(()) } else { Err(not_in_inventory(id)) }
}

/// Sets or clears the CHF that a Device is associated with.
pub(in crate::store) fn set_chf(
    connection: &mut Connection,
    id: Eui64,
    chf: Option<Eui64>,
) -> Result<(), StoreFault> {
    let changed = diesel::update(devices::table.find(id.to_string()))
        .set(devices::chf_device_id.eq(text(chf.as_ref())))
        .execute(connection)?;
    if changed == 1 { Ok(()) } else { Err(not_in_inventory(id)) }
}

/// Looks up the DateCommissioned of a Device.
pub(in crate::store) fn date_commissioned(
    connection: &mut Connection,
    id: Eui64,
) -> Result<Option<Date>, StoreFault> {
    let date = devices::table.find(id.to_string()).select(devices::date_commissioned);
    let date = date.first::<Option<String>>(connection).optional()?.flatten();
    TABLE.date("date_commissioned", date.as_deref())
}

/// Deletes a Device and clears every association with it; returns the Devices that were associated with it, as they were.
pub(in crate::store) fn remove(connection: &mut Connection, id: Eui64) -> Result<Vec<Device>, StoreFault> {
    let deleted = diesel::delete(devices::table.find(id.to_string())).execute(connection)?;
    if deleted == 0 {
        return Err(not_in_inventory(id));
    }
    let others = associated(connection, id)?;
    let id = id.to_string();
    diesel::update(devices::table.filter(devices::chf_device_id.eq(&id)))
        .set(devices::chf_device_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(devices::table.filter(devices::associated_gpf_device_id.eq(&id)))
        .set(devices::associated_gpf_device_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(devices::table.filter(devices::associated_device_id.eq(&id)))
        .set(devices::associated_device_id.eq(None::<String>))
        .execute(connection)?;
    Ok(others)
}

/// Loads the Devices that name this one as their CHF, GPF or meter. Three queries: SQLite takes one index for each.
fn associated(connection: &mut Connection, id: Eui64) -> Result<Vec<Device>, StoreFault> {
    let id = id.to_string();
    let mut others = BTreeMap::new();
    let rows = [
        devices::table
            .filter(devices::chf_device_id.eq(&id))
            .select(DeviceRow::as_select())
            .load(connection)?,
        devices::table
            .filter(devices::associated_gpf_device_id.eq(&id))
            .select(DeviceRow::as_select())
            .load(connection)?,
        devices::table
            .filter(devices::associated_device_id.eq(&id))
            .select(DeviceRow::as_select())
            .load(connection)?,
    ];
    for row in rows.into_iter().flatten() {
        let device = Device::try_from(row)?;
        others.insert(device.id, device);
    }
    Ok(others.into_values().collect())
}
