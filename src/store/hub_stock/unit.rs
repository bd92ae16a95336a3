//! Units of re-flash sites, `units.csv`: rows, queries, and the lines of the file.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{ReflashUnit, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    units (unit_id) {
        unit_id -> Text,
        location_id -> Text,
        places -> BigInt,
        check_due_on -> Text,
    }
}

const TABLE: Table = Table("units");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = units)]
struct UnitRow {
    unit_id: String,
    location_id: String,
    places: i64,
    check_due_on: String,
}

impl From<&ReflashUnit> for UnitRow {
    fn from(unit: &ReflashUnit) -> Self {
        let ReflashUnit { id, location, places, check_due_on } = unit;
        Self {
            unit_id: id.to_string(),
            location_id: location.to_string(),
            places: places.get().into(),
            check_due_on: check_due_on.to_string(),
        }
    }
}

impl TryFrom<UnitRow> for ReflashUnit {
    type Error = StoreFault;

    fn try_from(row: UnitRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("unit_id", &row.unit_id)?,
            location: TABLE.value("location_id", &row.location_id)?,
            places: TABLE.value("places", &row.places.to_string())?,
            check_due_on: TABLE.day("check_due_on", &row.check_due_on)?,
        })
    }
}

/// One line of units.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct UnitLine {
    unit_id: String,
    location_id: String,
    places: String,
    check_due_on: String,
}

impl From<&ReflashUnit> for UnitLine {
    fn from(unit: &ReflashUnit) -> Self {
        let UnitRow { unit_id, location_id, places, check_due_on } = unit.into();
        Self { unit_id, location_id, places: places.to_string(), check_due_on }
    }
}

impl Sheet for UnitLine {
    const COLUMNS: &'static [&'static str] = &["unit_id", "location_id", "places", "check_due_on"];
    const REQUIRED: &'static [&'static str] = Self::COLUMNS;
    type Value = ReflashUnit;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ReflashUnit> {
        let id = fields.required("unit_id", &self.unit_id);
        let location = fields.required("location_id", &self.location_id);
        let places = fields.required("places", &self.places);
        let check_due_on = fields.required_by("check_due_on", &self.check_due_on, parse_date);
        Some(ReflashUnit { id: id?, location: location?, places: places?, check_due_on: check_due_on? })
    }

    fn compare(lines: &[Line<ReflashUnit>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "unit_id", |unit| Some((unit.id.clone(), unit.id.to_string())));
    }
}

/// Loads every unit, by ID.
pub(in crate::store) fn all(connection: &mut Connection) -> Result<Vec<ReflashUnit>, StoreFault> {
    let rows = units::table.order(units::unit_id).select(UnitRow::as_select()).load(connection)?;
    rows.into_iter().map(ReflashUnit::try_from).collect()
}

/// Puts another list in the place of all units.
pub(super) fn replace(connection: &mut Connection, values: &[ReflashUnit]) -> Result<(), StoreFault> {
    diesel::delete(units::table).execute(connection)?;
    for batch in values.chunks(BATCH) {
        let rows = batch.iter().map(UnitRow::from).collect::<Vec<_>>();
        insert_rows!(connection, units::table, rows)?;
    }
    Ok(())
}
