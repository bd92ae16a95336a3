//! The capacity of London days, `capacity.csv`: a file replaces the whole list. Other days have `firmware.capacity_per_day`.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::tables::{firmware_capacity, images};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{DayCapacity, Malformed, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        hub_stock::list::{WholeList, csv_of_list},
        stored::{Table, text},
    },
};

const TABLE: Table = Table("firmware_capacity");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = firmware_capacity, treat_none_as_default_value = false)]
struct CapacityRow {
    day: String,
    images: i64,
    reason: Option<String>,
}

impl From<&DayCapacity> for CapacityRow {
    fn from(DayCapacity { day, images, reason }: &DayCapacity) -> Self {
        Self { day: day.to_string(), images: i64::from(*images), reason: text(reason.as_ref()) }
    }
}

impl TryFrom<CapacityRow> for DayCapacity {
    type Error = StoreFault;

    fn try_from(row: CapacityRow) -> Result<Self, StoreFault> {
        Ok(Self {
            day: TABLE.day("day", &row.day)?,
            images: images(TABLE, "images", row.images)?,
            reason: TABLE.optional("reason", row.reason.as_deref())?,
        })
    }
}

/// One line of capacity.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct CapacityLine {
    day: String,
    images: String,
    reason: String,
}

impl From<&DayCapacity> for CapacityLine {
    fn from(capacity: &DayCapacity) -> Self {
        let CapacityRow { day, images, reason } = capacity.into();
        Self { day, images: images.to_string(), reason: reason.unwrap_or_default() }
    }
}

/// Reads a number of images: 0 or more, in digits.
fn number(text: &str) -> Result<u32, Malformed> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number.ok_or_else(|| Malformed::new(text, "a number of images: 0 to 4294967295, in digits"))
}

impl Sheet for CapacityLine {
    const COLUMNS: &'static [&'static str] = &["day", "images", "reason"];
    const REQUIRED: &'static [&'static str] = &["day", "images"];
    type Value = DayCapacity;

    fn read(&self, fields: &mut Fields<'_>) -> Option<DayCapacity> {
        let day = fields.required_by("day", &self.day, parse_date);
        let images = fields.required_by("images", &self.images, number);
        let reason = fields.optional("reason", &self.reason);
        Some(DayCapacity { day: day?, images: images?, reason: reason? })
    }

    fn compare(lines: &[Line<DayCapacity>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "day", |capacity| Some((capacity.day, capacity.day.to_string())));
    }
}

csv_of_list!(CapacityLine);

impl WholeList for CapacityLine {
    fn key(capacity: &DayCapacity) -> String {
        capacity.day.to_string()
    }

    fn all(connection: &mut Connection) -> Result<Vec<DayCapacity>, StoreFault> {
        all(connection)
    }

    fn replace(connection: &mut Connection, values: &[DayCapacity]) -> Result<(), StoreFault> {
        diesel::delete(firmware_capacity::table).execute(connection)?;
        for batch in values.chunks(BATCH) {
            let rows = batch.iter().map(CapacityRow::from).collect::<Vec<_>>();
            insert_rows!(connection, firmware_capacity::table, rows)?;
        }
        Ok(())
    }
}

/// Loads the days that have a capacity of their own, in order.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<DayCapacity>, StoreFault> {
    let rows = firmware_capacity::table.order(firmware_capacity::day);
    let rows = rows.select(CapacityRow::as_select()).load(connection)?;
    rows.into_iter().map(DayCapacity::try_from).collect()
}
