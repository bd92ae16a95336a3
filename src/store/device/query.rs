//! Named queries of Devices.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, load_some, on_either},
    domain::{Device, DeviceType, Eui64, Mpxn, Uprn},
    store::{
        device::columns::{DeviceRow, TABLE, devices},
        stored::uprn_number,
    },
};

/// Rows or ids of one statement: at 24 columns each, well below the 32,766 values that SQLite binds.
pub(in crate::store) const BATCH: usize = 500;

/// The row limit of queries for an answer: one more than the schema allows in it, so that too many can be told from just enough.
pub(in crate::store) const QUERY_LIMIT: usize = 18;

fn devices_of(rows: Vec<DeviceRow>) -> Result<Vec<Device>, StoreFault> {
    rows.into_iter().map(Device::try_from).collect()
}

/// Looks up a Device by its ID.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: Eui64) -> Result<Option<Device>, StoreFault> {
    let row = devices::table.find(id.to_string());
    let row = on_either!(connection, |inner| row.select(DeviceRow::as_select()).get_result(inner));
    row.optional()?.map(Device::try_from).transpose()
}

/// Finds at most `limit` Devices with this MPxN in any of its three columns.
pub(in crate::store) fn by_mpxn(
    connection: &mut Connection,
    mpxn: &Mpxn,
    limit: usize,
) -> Result<Vec<Device>, StoreFault> {
    let mpxn = mpxn.as_str();
    let names_it = devices::import_mpxn
        .eq(mpxn)
        .or(devices::secondary_import_mpan.eq(mpxn))
        .or(devices::export_mpan.eq(mpxn));
    devices_of(load_some!(connection, devices::table.filter(names_it), limit, DeviceRow)?)
}

/// Finds at most `limit` Devices with this UPRN.
pub(in crate::store) fn by_uprn(
    connection: &mut Connection,
    uprn: Uprn,
    limit: usize,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table.filter(devices::uprn.eq(uprn_number(Some(uprn))));
    devices_of(load_some!(connection, query, limit, DeviceRow)?)
}

/// Finds at most `limit` Devices with this address: the normalised postcode, and exactly this identifier.
pub(in crate::store) fn by_address(
    connection: &mut Connection,
    postcode_key: &str,
    identifier: &str,
    limit: usize,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table
        .filter(devices::postcode_key.eq(postcode_key))
        .filter(devices::address_identifier.eq(identifier));
    devices_of(load_some!(connection, query, limit, DeviceRow)?)
}

/// Finds at most `limit` Devices with this normalised postcode, whatever the rest of their address.
pub(in crate::store) fn by_postcode(
    connection: &mut Connection,
    postcode_key: &str,
    limit: usize,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table.filter(devices::postcode_key.eq(postcode_key));
    devices_of(load_some!(connection, query, limit, DeviceRow)?)
}

/// Loads those of these Devices that are in the SMI.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find_all(connection: &mut Connection, ids: &[Eui64]) -> Result<Vec<Device>, StoreFault> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let ids = batch.iter().map(ToString::to_string).collect::<Vec<_>>();
        found.extend(devices_of(on_either!(connection, |inner| {
            devices::table.filter(devices::device_id.eq_any(ids)).select(DeviceRow::as_select()).load(inner)
        })?)?);
    }
    Ok(found)
}

/// Finds the CHFs that name one of these GPFs; returns pairs of GPF and CHF.
pub(in crate::store) fn chfs_with_gpf(
    connection: &mut Connection,
    gpfs: &[Eui64],
) -> Result<Vec<(Eui64, Eui64)>, StoreFault> {
    let mut found = Vec::new();
    for batch in gpfs.chunks(BATCH) {
        let names_it = devices::associated_gpf_device_id.eq_any(batch.iter().map(ToString::to_string));
        let query = devices::table.filter(names_it);
        let rows = query.select((devices::associated_gpf_device_id, devices::device_id));
        for (gpf, chf) in rows.load::<(Option<String>, String)>(connection)? {
            let gpf = TABLE.optional("associated_gpf_device_id", gpf.as_deref())?;
            found.extend(gpf.zip(Some(TABLE.value("device_id", &chf)?)));
        }
    }
    Ok(found)
}

/// Loads the CHFs that name this GPF.
pub(in crate::store) fn chfs_of_gpf(
    connection: &mut Connection,
    gpf: Eui64,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table
        .filter(devices::associated_gpf_device_id.eq(gpf.to_string()))
        .filter(devices::device_type.eq(DeviceType::Chf.as_str()));
    devices_of(on_either!(connection, |inner| query.select(DeviceRow::as_select()).load(inner))?)
}

/// Finds at most `limit` Devices associated with this CHF.
pub(in crate::store) fn associated_with(
    connection: &mut Connection,
    chf: Eui64,
    limit: usize,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table.filter(devices::chf_device_id.eq(chf.to_string()));
    devices_of(load_some!(connection, query, limit, DeviceRow)?)
}

/// Loads the Devices of these types that are associated with a CHF, by ID.
pub(in crate::store) fn of_type(
    connection: &mut Connection,
    chf: Eui64,
    types: &[DeviceType],
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table
        .filter(devices::chf_device_id.eq(chf.to_string()))
        .filter(devices::device_type.eq_any(types.iter().map(|device_type| device_type.as_str())))
        .order(devices::device_id);
    devices_of(query.select(DeviceRow::as_select()).load(connection)?)
}

/// Loads the ESMEs and GSMEs on these hubs.
pub(in crate::store) fn meters_on_hubs(
    connection: &mut Connection,
    hubs: &[Eui64],
) -> Result<Vec<Device>, StoreFault> {
    let mut found = Vec::new();
    let types = [DeviceType::Esme, DeviceType::Gsme].map(DeviceType::as_str);
    for batch in hubs.chunks(BATCH) {
        let rows = devices::table
            .filter(devices::chf_device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(devices::device_type.eq_any(types))
            .select(DeviceRow::as_select());
        found.extend(devices_of(rows.load(connection)?)?);
    }
    Ok(found)
}

/// The size of a page, in Devices.
const PAGE: i64 = 1_000;

/// Loads a page of all Devices, by ID: those behind this one. It is empty behind the last page.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn page_after(connection: &mut Connection, last: Option<Eui64>) -> Result<Vec<Device>, StoreFault> {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let query = devices::table.filter(devices::device_id.gt(last)).order(devices::device_id).limit(PAGE);
    devices_of(query.select(DeviceRow::as_select()).load(connection)?)
}
