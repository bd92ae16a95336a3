//! Activations (SR 11.3): a row for each accepted request, kept after its outcome is known.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{count, images::size};
use crate::{
    db::{
        Connection, PgConnection, StoreFault, on_either,
        prepared::{self, BindColumn},
    },
    domain::{
        ActivationOutcome, AwaitedActivation, CountedActivation, Eui64, RequestId, Timestamp, instant_text,
        london_date,
    },
    store::{han_log::AwaitedOf, stored::Table, table::stored_table},
};

stored_table! {
    firmware_activations (request_id) {
        request_id -> Text,
        user_id -> Text,
        device_id -> Text,
        schema_version -> Text,
        firmware_hash -> Text,
        firmware_version -> Text,
        size_bytes -> BigInt,
        large -> Bool,
        day -> Text,
        received_at -> Text,
        outcome -> Nullable<Text>,
        outcome_at -> Nullable<Text>,
        batch_id -> Nullable<BigInt>,
    }
}

const TABLE: Table = Table("firmware_activations");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = firmware_activations, treat_none_as_default_value = false)]
struct ActivationRow {
    request_id: String,
    user_id: String,
    device_id: String,
    schema_version: String,
    firmware_hash: String,
    firmware_version: String,
    size_bytes: i64,
    large: bool,
    day: String,
    received_at: String,
    outcome: Option<String>,
    outcome_at: Option<String>,
    batch_id: Option<i64>,
}

impl ActivationRow {
    /// The row of a new activation. One that was counted is large.
    fn new(awaited: &AwaitedActivation, counted: Option<&CountedActivation>) -> Self {
        let AwaitedActivation { request_id, schema_version, device, hash, size, version, received_at } =
            awaited;
        Self {
            request_id: request_id.to_string(),
            user_id: request_id.originator.to_string(),
            device_id: device.to_string(),
            schema_version: schema_version.as_str().to_owned(),
            firmware_hash: hash.to_string(),
            firmware_version: version.to_string(),
            size_bytes: i64::from(size.bytes()),
            large: counted.is_some(),
            day: london_date(*received_at).to_string(),
            received_at: instant_text(*received_at),
            outcome: None,
            outcome_at: None,
            batch_id: counted.and_then(|counted| counted.batch).map(|batch| batch.0),
        }
    }
}

impl TryFrom<ActivationRow> for AwaitedActivation {
    type Error = StoreFault;

    fn try_from(row: ActivationRow) -> Result<Self, StoreFault> {
        Ok(Self {
            request_id: TABLE.value("request_id", &row.request_id)?,
            schema_version: TABLE.value("schema_version", &row.schema_version)?,
            device: TABLE.value("device_id", &row.device_id)?,
            hash: TABLE.value("firmware_hash", &row.firmware_hash)?,
            size: size(TABLE, row.size_bytes)?,
            version: TABLE.value("firmware_version", &row.firmware_version)?,
            received_at: TABLE.instant("received_at", &row.received_at)?,
        })
    }
}

/// Loads the activation that is awaited of a Device.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_device(
    connection: &mut Connection,
    device: Eui64,
) -> Result<Option<AwaitedActivation>, StoreFault> {
    Ok(awaited_of(connection, &[device].into())?.pop())
}

/// Loads the activations that are awaited of these Devices.
pub(in crate::store) fn awaited_of(
    connection: &mut Connection,
    devices: &BTreeSet<Eui64>,
) -> Result<Vec<AwaitedActivation>, StoreFault> {
    let ids = devices.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = firmware_activations::table.filter(firmware_activations::device_id.eq_any(ids));
        let rows = rows.filter(firmware_activations::outcome.is_null());
        rows.select(ActivationRow::as_select()).load(inner)
    })?;
    rows.into_iter().map(AwaitedActivation::try_from).collect()
}

/// Loads all that are awaited, ordered by Device.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all_awaited(connection: &mut Connection) -> Result<Vec<AwaitedOf>, StoreFault> {
    let rows = firmware_activations::table.filter(firmware_activations::outcome.is_null());
    let rows = rows.order(firmware_activations::device_id);
    let rows = rows.select((firmware_activations::device_id, firmware_activations::request_id));
    let read = |(device, request): (String, String)| {
        let device = TABLE.value("device_id", &device)?;
        Ok(AwaitedOf { device, request_id: TABLE.value("request_id", &request)? })
    };
    rows.load::<(String, String)>(connection)?.into_iter().map(read).collect()
}

/// Awaits an activation, and counts a large one.
///
/// # Errors
/// When one of the Device is awaited already, or the database fails.
pub(super) fn insert(
    connection: &mut Connection,
    new: &AwaitedActivation,
    counted: Option<&CountedActivation>,
) -> Result<(), StoreFault> {
    // One activation of a Device is awaited at a time: an index of the database refuses a second.
    let row = ActivationRow::new(new, counted);
    diesel::insert_into(firmware_activations::table).values(row).execute(connection)?;
    counted.map_or(Ok(()), |counted| count::add(connection, counted, new.received_at))
}

/// Settles an activation, and counts its outcome in its batch.
pub(super) fn settle(
    connection: &mut Connection,
    request: &RequestId,
    outcome: ActivationOutcome,
    at: Timestamp,
) -> Result<(), StoreFault> {
    let settled = (
        firmware_activations::outcome.eq(outcome.as_str()),
        firmware_activations::outcome_at.eq(instant_text(at)),
    );
    let row = firmware_activations::table.find(request.to_string());
    diesel::update(row).set(settled).execute(connection)?;
    count::settle(connection, request, outcome, at)
}

/// Awaits activations on a server by one statement, and counts the large ones.
pub(in crate::store) fn insert_all(
    connection: &mut PgConnection,
    new: &[(AwaitedActivation, Option<CountedActivation>)],
) -> Result<(), StoreFault> {
    if new.is_empty() {
        return Ok(());
    }
    let row = |(new, counted): &(AwaitedActivation, Option<CountedActivation>)| {
        ActivationRow::new(new, counted.as_ref())
    };
    let rows = new.iter().map(row).collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |row| Some(&row.request_id)),
        BindColumn::texts(&rows, |row| Some(&row.user_id)),
        BindColumn::texts(&rows, |row| Some(&row.device_id)),
        BindColumn::texts(&rows, |row| Some(&row.schema_version)),
        BindColumn::texts(&rows, |row| Some(&row.firmware_hash)),
        BindColumn::texts(&rows, |row| Some(&row.firmware_version)),
        BindColumn::numbers(&rows, |row| Some(row.size_bytes)),
        BindColumn::flags(&rows, |row| Some(row.large)),
        BindColumn::texts(&rows, |row| Some(&row.day)),
        BindColumn::texts(&rows, |row| Some(&row.received_at)),
        BindColumn::texts(&rows, |row| row.outcome.as_deref()),
        BindColumn::texts(&rows, |row| row.outcome_at.as_deref()),
        BindColumn::numbers(&rows, |row| row.batch_id),
    ];
    prepared::insert_set::<firmware_activations::table>(connection, &columns)?;
    count::add_all(connection, new)
}
