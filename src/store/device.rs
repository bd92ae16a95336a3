//! Devices: rows and named queries.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    Connection, StoreFault,
    schema::devices,
    stored::{Table, text, uprn_number},
};
use crate::domain::{
    AddressIdentifier, Device, DeviceDetails, DeviceType, Eui64, Mpxn, MpxnKind, Mpxns, PostCode,
    PropertyFilter, SmiStatus, StatusMove, Uprn,
};

const TABLE: Table = Table("devices");

/// As many rows as one statement carries: 24 columns each, well below the 32,766 values SQLite takes.
pub(super) const BATCH: usize = 500;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = devices, treat_none_as_default_value = false)]
struct DeviceRow {
    device_id: String,
    device_type: String,
    status: Option<String>,
    device_manufacturer: String,
    device_model: String,
    smets_chts_version: Option<String>,
    firmware_version: Option<String>,
    esme_variant: Option<String>,
    pre_notified_by: Option<String>,
    chf_device_id: Option<String>,
    associated_gpf_device_id: Option<String>,
    import_mpxn: Option<String>,
    secondary_import_mpan: Option<String>,
    export_mpan: Option<String>,
    uprn: Option<i64>,
    postcode: Option<String>,
    postcode_key: Option<String>,
    address_identifier: Option<String>,
    csp_region: Option<String>,
    gbcs_version: Option<String>,
    han_variant: Option<String>,
    s1sp: Option<String>,
    connectivity: Option<String>,
    date_commissioned: Option<String>,
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        let Device {
            id,
            device_type,
            status,
            details,
            pre_notified_by,
            chf,
            associated_gpf,
            mpxns,
            uprn,
            property,
            csp_region,
            gbcs_version,
            han_variant,
            s1sp,
            connectivity,
            date_commissioned,
        } = device;
        let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } =
            details;
        let Mpxns { import, secondary_import, export } = mpxns;
        Self {
            device_id: id.to_string(),
            device_type: device_type.to_string(),
            status: text(status.as_ref()),
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            smets_chts_version: text(smets_chts_version.as_ref()),
            firmware_version: text(firmware_version.as_ref()),
            esme_variant: text(esme_variant.as_ref()),
            pre_notified_by: text(pre_notified_by.as_ref()),
            chf_device_id: text(chf.as_ref()),
            associated_gpf_device_id: text(associated_gpf.as_ref()),
            import_mpxn: text(import.as_ref()),
            secondary_import_mpan: text(secondary_import.as_ref()),
            export_mpan: text(export.as_ref()),
            uprn: uprn_number(*uprn),
            postcode: property.as_ref().map(|property| property.post_code.to_string()),
            postcode_key: property.as_ref().map(|property| property.post_code.key()),
            address_identifier: property.as_ref().map(|property| property.address_identifier.to_string()),
            csp_region: text(csp_region.as_ref()),
            gbcs_version: text(gbcs_version.as_ref()),
            han_variant: text(han_variant.as_ref()),
            s1sp: text(s1sp.as_ref()),
            connectivity: text(connectivity.as_ref()),
            date_commissioned: text(date_commissioned.as_ref()),
        }
    }
}

impl TryFrom<DeviceRow> for Device {
    type Error = StoreFault;

    fn try_from(row: DeviceRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("device_id", &row.device_id)?,
            device_type: TABLE.value("device_type", &row.device_type)?,
            status: TABLE.optional("status", row.status.as_deref())?,
            details: row.details()?,
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            chf: TABLE.optional("chf_device_id", row.chf_device_id.as_deref())?,
            associated_gpf: TABLE
                .optional("associated_gpf_device_id", row.associated_gpf_device_id.as_deref())?,
            mpxns: row.mpxns()?,
            uprn: TABLE.uprn("uprn", row.uprn)?,
            property: row.property()?,
            csp_region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            gbcs_version: TABLE.optional("gbcs_version", row.gbcs_version.as_deref())?,
            han_variant: TABLE.optional("han_variant", row.han_variant.as_deref())?,
            s1sp: TABLE.optional("s1sp", row.s1sp.as_deref())?,
            connectivity: TABLE.optional("connectivity", row.connectivity.as_deref())?,
            date_commissioned: TABLE.date("date_commissioned", row.date_commissioned.as_deref())?,
        })
    }
}

impl DeviceRow {
    fn details(&self) -> Result<DeviceDetails, StoreFault> {
        Ok(DeviceDetails {
            manufacturer: TABLE.value("device_manufacturer", &self.device_manufacturer)?,
            model: TABLE.value("device_model", &self.device_model)?,
            smets_chts_version: TABLE.optional("smets_chts_version", self.smets_chts_version.as_deref())?,
            firmware_version: TABLE.optional("firmware_version", self.firmware_version.as_deref())?,
            esme_variant: TABLE.optional("esme_variant", self.esme_variant.as_deref())?,
        })
    }

    fn mpxns(&self) -> Result<Mpxns, StoreFault> {
        Ok(Mpxns {
            import: TABLE.optional("import_mpxn", self.import_mpxn.as_deref())?,
            secondary_import: TABLE
                .optional("secondary_import_mpan", self.secondary_import_mpan.as_deref())?,
            export: TABLE.optional("export_mpan", self.export_mpan.as_deref())?,
        })
    }

    fn property(&self) -> Result<Option<PropertyFilter>, StoreFault> {
        let post_code: Option<PostCode> = TABLE.optional("postcode", self.postcode.as_deref())?;
        let address_identifier = self.address_identifier.as_deref().unwrap_or_default();
        let address_identifier: AddressIdentifier = TABLE.value("address_identifier", address_identifier)?;
        Ok(post_code.map(|post_code| PropertyFilter { post_code, address_identifier }))
    }
}

fn devices_of(rows: Vec<DeviceRow>) -> Result<Vec<Device>, StoreFault> {
    rows.into_iter().map(Device::try_from).collect()
}

/// The Device of that ID.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, id: Eui64) -> Result<Option<Device>, StoreFault> {
    let row = devices::table.find(id.to_string()).select(DeviceRow::as_select()).first(connection);
    row.optional()?.map(Device::try_from).transpose()
}

/// Which of these are IDs of Devices in the SMI.
pub(super) fn known(connection: &mut Connection, ids: &[Eui64]) -> Result<Vec<Eui64>, StoreFault> {
    let ids = ids.iter().map(ToString::to_string);
    let found = devices::table.filter(devices::device_id.eq_any(ids)).select(devices::device_id);
    let found = found.load::<String>(connection)?;
    found.iter().map(|id| TABLE.value("device_id", id)).collect()
}

/// At most so many Devices with that MPxN in any place.
pub(super) fn by_mpxn(
    connection: &mut Connection,
    mpxn: &Mpxn,
    limit: i64,
) -> Result<Vec<Device>, StoreFault> {
    let mpxn = mpxn.as_str();
    let names_it = devices::import_mpxn
        .eq(mpxn)
        .or(devices::secondary_import_mpan.eq(mpxn))
        .or(devices::export_mpan.eq(mpxn));
    let query = devices::table.filter(names_it).limit(limit).select(DeviceRow::as_select());
    devices_of(query.load(connection)?)
}

/// At most so many Devices of the premises of that number.
pub(super) fn by_uprn(
    connection: &mut Connection,
    uprn: Uprn,
    limit: i64,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table.filter(devices::uprn.eq(uprn_number(Some(uprn))));
    devices_of(query.limit(limit).select(DeviceRow::as_select()).load(connection)?)
}

/// At most so many Devices of the premises of that address: the same postcode, the very same identifier.
pub(super) fn by_property(
    connection: &mut Connection,
    property: &PropertyFilter,
    limit: i64,
) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table
        .filter(devices::postcode_key.eq(property.post_code.key()))
        .filter(devices::address_identifier.eq(property.address_identifier.as_str()));
    devices_of(query.limit(limit).select(DeviceRow::as_select()).load(connection)?)
}

/// The CHFs among these IDs, and those whose GPF is among them.
pub(super) fn chfs_of(connection: &mut Connection, ids: &[Eui64]) -> Result<Vec<Device>, StoreFault> {
    let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let query = devices::table
        .filter(devices::device_id.eq_any(ids.clone()).or(devices::associated_gpf_device_id.eq_any(ids)))
        .filter(devices::device_type.eq(DeviceType::Chf.as_str()));
    devices_of(query.select(DeviceRow::as_select()).load(connection)?)
}

/// At most so many Devices that are associated with one of these CHFs, or are one of these.
pub(super) fn associated_with(
    connection: &mut Connection,
    chfs: &[Eui64],
    and: &[Eui64],
    limit: i64,
) -> Result<Vec<Device>, StoreFault> {
    let chfs = chfs.iter().map(ToString::to_string);
    let and = and.iter().map(ToString::to_string);
    let query = devices::table.filter(devices::chf_device_id.eq_any(chfs).or(devices::device_id.eq_any(and)));
    devices_of(query.limit(limit).select(DeviceRow::as_select()).load(connection)?)
}

/// The Devices of these types that are associated with that CHF, by ID.
pub(super) fn of_type(
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

/// Every Device, by ID.
pub(super) fn all(connection: &mut Connection) -> Result<Vec<Device>, StoreFault> {
    let query = devices::table.order(devices::device_id).select(DeviceRow::as_select());
    devices_of(query.load(connection)?)
}

/// Adds new Devices.
pub(super) fn insert(connection: &mut Connection, new: &[&Device]) -> Result<(), StoreFault> {
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(|device| DeviceRow::from(*device)).collect::<Vec<_>>();
        diesel::insert_into(devices::table).values(rows).execute(connection)?;
    }
    Ok(())
}

/// The statuses of those of these Devices that are in the SMI; takes them out to be written anew.
pub(super) fn take(
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

/// Replaces the details of a Device.
pub(super) fn set_details(
    connection: &mut Connection,
    id: Eui64,
    details: &DeviceDetails,
) -> Result<(), StoreFault> {
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = details;
    let changed = diesel::update(devices::table.find(id.to_string()))
        .set((
            devices::device_manufacturer.eq(manufacturer.as_str()),
            devices::device_model.eq(model.as_str()),
            devices::smets_chts_version.eq(text(smets_chts_version.as_ref())),
            devices::firmware_version.eq(text(firmware_version.as_ref())),
            devices::esme_variant.eq(esme_variant.map(|variant| variant.as_str())),
        ))
        .execute(connection)?;
    if changed == 1 { Ok(()) } else { Err(StoreFault::NoDevice(id)) }
}

/// Moves a Device, if it still stands where the move starts.
pub(super) fn set_status(connection: &mut Connection, change: StatusMove) -> Result<(), StoreFault> {
    let StatusMove { device, from, to, date_commissioned } = change;
    let row = devices::table.find(device.to_string()).filter(devices::status.eq(from.as_str()));
    let changed = diesel::update(row).set(devices::status.eq(to.as_str())).execute(connection)?;
    if changed != 1 {
        return Err(StoreFault::StatusMoved { device, from });
    }
    if let Some(date) = date_commissioned {
        diesel::update(devices::table.find(device.to_string()))
            .set(devices::date_commissioned.eq(date.to_string()))
            .execute(connection)?;
    }
    Ok(())
}

/// Sets one supply point of a Device.
pub(super) fn set_mpxn(
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
    if changed == 1 { Ok(()) } else { Err(StoreFault::NoDevice(id)) }
}

/// Removes a Device and every association with it; says where it stood.
pub(super) fn remove(connection: &mut Connection, id: Eui64) -> Result<Option<SmiStatus>, StoreFault> {
    let status = take(connection, &[id])?.remove(&id).ok_or(StoreFault::NoDevice(id))?;
    let id = id.to_string();
    diesel::update(devices::table.filter(devices::chf_device_id.eq(&id)))
        .set(devices::chf_device_id.eq(None::<String>))
        .execute(connection)?;
    diesel::update(devices::table.filter(devices::associated_gpf_device_id.eq(&id)))
        .set(devices::associated_gpf_device_id.eq(None::<String>))
        .execute(connection)?;
    Ok(status)
}
