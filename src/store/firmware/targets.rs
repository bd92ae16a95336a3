//! The SMETS1 Devices of an image's Device Model that a Supplier is responsible for: how many, and which (FW/t).

use std::collections::BTreeMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use super::activations::firmware_activations;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        CspRegion, DeviceType, Eui64, FirmwareHash, FirmwareVersion, ImageModel, Now, Role, SmiStatus,
        instant_text,
    },
    store::{device::devices, device_range::DeviceRange, registration::registrations, stored::Table},
};

const DEVICES: Table = Table("devices");
const REGISTRATIONS: Table = Table("registrations");

/// Commissioned SMETS1 Devices, each beside the registrations that make a User its Responsible Supplier now: of an ESME its Import MPANs,
/// and its Export MPAN where it has none; of a GSME its MPRN.
macro_rules! supplied {
    ($now:expr) => {{
        let mpxn = || registrations::mpxn.nullable();
        let of_device = mpxn()
            .eq(devices::import_mpxn)
            .or(mpxn().eq(devices::secondary_import_mpan))
            .or(mpxn().eq(devices::export_mpan));
        let is_import = mpxn().eq(devices::import_mpxn).or(mpxn().eq(devices::secondary_import_mpan));
        let has_no_import = devices::import_mpxn.is_null().and(devices::secondary_import_mpan.is_null());
        let of_esme = devices::device_type.eq(DeviceType::Esme.as_str()).and(
            (registrations::role.eq(Role::IS.as_str()).and(is_import))
                .or(registrations::role.eq_any([Role::IS.as_str(), Role::ES.as_str()]).and(has_no_import)),
        );
        let of_gsme = devices::device_type
            .eq(DeviceType::Gsme.as_str())
            .and(registrations::role.eq(Role::GS.as_str()))
            .and(mpxn().eq(devices::import_mpxn));
        let is_smets1 = devices::s1sp.is_not_null().or(devices::csp_region.eq(CspRegion::Smets1.as_str()));
        let now = instant_text($now.0);
        devices::table
            .inner_join(registrations::table.on(of_device))
            .filter(devices::status.eq(SmiStatus::Commissioned.as_str()))
            .filter(is_smets1)
            .filter(of_esme.or(of_gsme))
            .filter(registrations::effective_from.le(now.clone()))
            .filter(registrations::effective_to.is_null().or(registrations::effective_to.gt(now)))
    }};
}

/// How many Devices of each model a User is the Responsible Supplier of.
pub type SuppliedDevices = BTreeMap<(ImageModel, Eui64), u64>;

/// Adds the Devices of a range of keys, by model and Responsible Supplier.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn count_supplied(
    connection: &mut Connection,
    range: &DeviceRange,
    now: Now,
    counted: &mut SuppliedDevices,
) -> Result<(), StoreFault> {
    let rows = supplied!(now)
        .filter(devices::device_id.gt(&range.after).and(devices::device_id.le(&range.to)))
        .filter(devices::device_manufacturer.is_not_null().and(devices::device_model.is_not_null()))
        .group_by((
            devices::device_manufacturer,
            devices::device_model,
            devices::device_type,
            registrations::user_id,
        ))
        // As SQL: diesel takes no columns of two tables in one GROUP BY.
        .select((
            sql::<Nullable<Text>>("devices.device_manufacturer"),
            sql::<Nullable<Text>>("devices.device_model"),
            sql::<Text>("devices.device_type"),
            sql::<Text>("registrations.user_id"),
            sql::<BigInt>("COUNT(DISTINCT devices.device_id)"),
        ))
        .load::<(Option<String>, Option<String>, String, String, i64)>(connection)?;
    for (manufacturer, model, device_type, user, number) in rows {
        let Some((manufacturer, model)) = manufacturer.zip(model) else { continue };
        let model = ImageModel {
            manufacturer: DEVICES.value("device_manufacturer", &manufacturer)?,
            model: DEVICES.value("device_model", &model)?,
            device_type: DEVICES.value("device_type", &device_type)?,
        };
        let user = REGISTRATIONS.value("user_id", &user)?;
        *counted.entry((model, user)).or_default() += number.unsigned_abs();
    }
    Ok(())
}

/// A Device that an image is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTarget {
    /// The Device.
    pub device: Eui64,
    /// Its firmware version.
    pub version: Option<FirmwareVersion>,
    /// Whether an activation of the image is awaited of it.
    pub is_awaited: bool,
}

/// Loads the Devices of a model that a User is the Responsible Supplier of, by ID.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn targets_of(
    connection: &mut Connection,
    user: Eui64,
    hash: FirmwareHash,
    model: &ImageModel,
    now: Now,
) -> Result<Vec<ImageTarget>, StoreFault> {
    let awaited = firmware_activations::table
        .filter(firmware_activations::outcome.is_null())
        .filter(firmware_activations::firmware_hash.eq(hash.to_string()))
        .filter(firmware_activations::user_id.eq(user.to_string()))
        .select(firmware_activations::device_id)
        .load::<String>(connection)?;
    let awaited = awaited.into_iter().collect::<std::collections::BTreeSet<_>>();
    let ImageModel { manufacturer, model, device_type } = model;
    let rows = supplied!(now)
        .filter(devices::device_manufacturer.eq(manufacturer.to_string()))
        .filter(devices::device_model.eq(model.to_string()))
        .filter(devices::device_type.eq(device_type.as_str()))
        .filter(registrations::user_id.eq(user.to_string()))
        .select((devices::device_id, devices::firmware_version))
        .distinct()
        .order(devices::device_id)
        .load::<(String, Option<String>)>(connection)?;
    let target = |(device, version): (String, Option<String>)| {
        Ok(ImageTarget {
            is_awaited: awaited.contains(&device),
            device: DEVICES.value("device_id", &device)?,
            version: DEVICES.optional("firmware_version", version.as_deref())?,
        })
    };
    rows.into_iter().map(target).collect()
}
