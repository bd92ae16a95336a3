//! The changes that decisions carry: those of the Device that each is about, which no row of the history of Devices has.

use diesel::prelude::*;

use super::{
    query::DecisionRecord,
    row::{DecisionRow, decisions},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Eui64, RecordedChange},
    store::{field_changes, page::Side, stored::Table},
};

const TABLE: Table = Table("decisions");

/// Changes that a decision carries, with the last row of the history of Devices before them.
pub(in crate::store) type CarriedChange = (i64, RecordedChange);

/// Loads at most `limit` decisions that carry changes of this Device, on one side of a row, those next to it first, each with its
/// number.
pub(in crate::store) fn changes_of_device(
    connection: &mut Connection,
    device: Eui64,
    side: Side,
    limit: i64,
) -> Result<Vec<(i64, CarriedChange)>, StoreFault> {
    let rows = decisions::table.filter(decisions::device_id.eq(device.to_string()));
    let rows = rows.filter(decisions::changes.is_not_null()).into_boxed();
    let rows = match side {
        Side::After(id) => rows.filter(decisions::id.gt(id)).order(decisions::id),
        Side::Before(id) => rows.filter(decisions::id.lt(id)).order(decisions::id.desc()),
    };
    let rows = rows.limit(limit).select((decisions::id, DecisionRow::as_select()));
    let rows = rows.load::<(i64, DecisionRow)>(connection)?;
    rows.into_iter().map(|(id, row)| Ok((id, carried(row)?))).collect()
}

/// Changes that a decision carries, with its number.
pub(in crate::store) type NumberedCarriedChange = (i64, CarriedChange);

/// Loads the decisions that carry changes of these Devices, the newest first.
pub(in crate::store) fn changes_of_devices(
    connection: &mut Connection,
    devices: &[String],
) -> Result<Vec<(String, NumberedCarriedChange)>, StoreFault> {
    let rows = decisions::table.filter(decisions::device_id.eq_any(devices));
    let rows = rows.filter(decisions::changes.is_not_null()).order(decisions::id.desc());
    let rows =
        rows.select((decisions::id, DecisionRow::as_select())).load::<(i64, DecisionRow)>(connection)?;
    let read =
        |(id, row): (i64, DecisionRow)| Ok((row.device_id.clone().unwrap_or_default(), (id, carried(row)?)));
    rows.into_iter().map(read).collect()
}

/// A change of a Device, behind the last row of the history of Devices before it.
pub(in crate::store) type CarriedOfDevice = (i64, (Eui64, RecordedChange));

/// Loads at most `limit` decisions behind one and up to another that carry changes of a Device, oldest first, each with its number.
pub(in crate::store) fn changes_between(
    connection: &mut Connection,
    after: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<(i64, CarriedOfDevice)>, StoreFault> {
    let rows = decisions::table
        .filter(decisions::id.gt(after).and(decisions::id.le(to)))
        .filter(decisions::changes.is_not_null());
    let rows = rows.order(decisions::id).limit(limit);
    let rows = rows.select((decisions::id, DecisionRow::as_select()));
    let read = |(id, row): (i64, DecisionRow)| {
        // One that carries changes is about a Device.
        let device = TABLE.value("device_id", row.device_id.as_deref().unwrap_or_default())?;
        let (behind, change) = carried(row)?;
        Ok((id, (behind, (device, change))))
    };
    rows.load::<(i64, DecisionRow)>(connection)?.into_iter().map(read).collect()
}

fn carried(row: DecisionRow) -> Result<CarriedChange, StoreFault> {
    let fields = field_changes::from_json(TABLE, row.changes.as_deref())?;
    let after = row.changes_after.unwrap_or_default();
    let DecisionRecord { request_id, user, variant, at, .. } = DecisionRecord::try_from(row)?;
    let interface = variant.map_or_else(String::new, |variant| variant.to_string());
    let by = Some(user);
    Ok((after, RecordedChange { at, by, request_id: Some(request_id), interface, reason: None, fields }))
}
