//! Notices of changes of Supplier: which are pending, and which the gaining Supplier was sent (MP125-R12).

use diesel::{dsl::exists, prelude::*};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceType, Eui64, Mpxn, Now, Role, Timestamp, instant_text},
    store::{
        device::{self, devices},
        registration::registrations,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    supplier_notices (device_id, mpxn, user_id, effective_from) {
        device_id -> Text,
        mpxn -> Text,
        user_id -> Text,
        effective_from -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(registrations, devices, supplier_notices);

const TABLE: Table = Table("registrations");

/// The most notices of one query. The rest stays pending for the next.
const MAX_NOTICES: i64 = 500;

/// A change of Supplier: an ESME whose Import Supplier became another User.
#[derive(Clone, Debug)]
pub struct SupplierChange {
    /// The meter.
    pub device: Device,
    /// The supply point that changed hands.
    pub mpxn: Mpxn,
    /// The User that gained it.
    pub gaining: Eui64,
    /// When the User became its Supplier.
    pub since: Timestamp,
}

/// Loads the pending notices: for registrations in role IS that took effect after `after`, are in force now, follow another User's,
/// and have no row in `supplier_notices`.
///
/// # Errors
/// When the database fails.
pub fn pending_notices(
    connection: &mut Connection,
    after: Timestamp,
    now: Now,
) -> Result<Vec<SupplierChange>, StoreFault> {
    let (after, now) = (instant_text(after), instant_text(now.0));
    let before = diesel::alias!(registrations as before);
    let columns = (registrations::mpxn, registrations::user_id, registrations::effective_from);
    // The first Supplier of a supply point did not gain it from anyone.
    let follows_another = exists(
        before
            .filter(before.field(registrations::mpxn).eq(registrations::mpxn))
            .filter(before.field(registrations::role).eq(Role::IS.as_str()))
            .filter(before.field(registrations::effective_from).lt(registrations::effective_from))
            .filter(before.field(registrations::user_id).ne(registrations::user_id)),
    );
    // Either of the two MPANs through which a meter imports.
    let of_the_meter = devices::import_mpxn
        .eq(registrations::mpxn.nullable())
        .or(devices::secondary_import_mpan.eq(registrations::mpxn.nullable()));
    let notified = exists(
        supplier_notices::table
            .filter(supplier_notices::device_id.eq(devices::device_id))
            .filter(supplier_notices::mpxn.eq(registrations::mpxn))
            .filter(supplier_notices::user_id.eq(registrations::user_id))
            .filter(supplier_notices::effective_from.eq(registrations::effective_from)),
    );
    let rows = registrations::table
        .inner_join(devices::table.on(of_the_meter))
        .filter(registrations::role.eq(Role::IS.as_str()))
        .filter(registrations::effective_from.gt(&after))
        .filter(registrations::effective_from.le(&now))
        .filter(registrations::effective_to.is_null().or(registrations::effective_to.gt(&now)))
        .filter(devices::device_type.eq(DeviceType::Esme.as_str()))
        .filter(follows_another)
        .filter(diesel::dsl::not(notified))
        .order((registrations::effective_from, devices::device_id))
        .select((devices::device_id, columns))
        .limit(MAX_NOTICES)
        .load::<(String, (String, String, String))>(connection)?;
    rows.into_iter().map(|(id, columns)| supplier_change(connection, &id, &columns)).collect()
}

fn supplier_change(
    connection: &mut Connection,
    device: &str,
    (mpxn, user, since): &(String, String, String),
) -> Result<SupplierChange, StoreFault> {
    let id: Eui64 = Table("devices").value("device_id", device)?;
    Ok(SupplierChange {
        device: device::find(connection, id)?.ok_or_else(|| device::not_in_inventory(id))?,
        mpxn: TABLE.value("mpxn", mpxn)?,
        gaining: TABLE.value("user_id", user)?,
        since: TABLE.instant("effective_from", since)?,
    })
}

/// Marks a change as notified, in the transaction that enqueues the notice, so that it is enqueued exactly once.
///
/// # Errors
/// When the database fails, or it was notified before.
pub fn mark_notified(connection: &mut Connection, change: &SupplierChange) -> Result<(), StoreFault> {
    let SupplierChange { device, mpxn, gaining, since } = change;
    diesel::insert_into(supplier_notices::table)
        .values((
            supplier_notices::device_id.eq(device.id.to_string()),
            supplier_notices::mpxn.eq(mpxn.as_str()),
            supplier_notices::user_id.eq(gaining.to_string()),
            supplier_notices::effective_from.eq(instant_text(*since)),
        ))
        .execute(connection)?;
    Ok(())
}
