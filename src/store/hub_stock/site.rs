//! Locations and units are lists of their own, and a unit is always that of a site.

use std::collections::BTreeSet;

use super::{
    list::{WholeList, csv_of_list},
    location::{self, LocationLine},
    unit::{self, UnitLine},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{LocationId, ReflashUnit, StockLocation},
    store::csv::{Faults, Line},
};

csv_of_list!(LocationLine);
csv_of_list!(UnitLine);

/// The sites among locations.
fn sites<'a>(locations: impl Iterator<Item = &'a StockLocation>) -> BTreeSet<&'a LocationId> {
    locations.filter(|location| location.site().is_some()).map(|location| &location.id).collect()
}

impl WholeList for LocationLine {
    fn key(location: &StockLocation) -> String {
        location.id.to_string()
    }

    fn all(connection: &mut Connection) -> Result<Vec<StockLocation>, StoreFault> {
        location::all(connection)
    }

    fn replace(connection: &mut Connection, values: &[StockLocation]) -> Result<(), StoreFault> {
        location::replace(connection, values)
    }

    /// Refuses a list that leaves a unit without its site.
    fn compare_with_others(
        connection: &mut Connection,
        lines: &[Line<StockLocation>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let sites = sites(lines.iter().map(|line| &line.value));
        for left in unit::all(connection)?.iter().filter(|unit| !sites.contains(&unit.location)) {
            let ReflashUnit { id, location, .. } = left;
            faults.in_line(1, format!("the unit `{id}` is at `{location}`, which is no site of this list"));
        }
        Ok(())
    }
}

impl WholeList for UnitLine {
    fn key(unit: &ReflashUnit) -> String {
        unit.id.to_string()
    }

    fn all(connection: &mut Connection) -> Result<Vec<ReflashUnit>, StoreFault> {
        unit::all(connection)
    }

    fn replace(connection: &mut Connection, values: &[ReflashUnit]) -> Result<(), StoreFault> {
        unit::replace(connection, values)
    }

    /// Refuses a unit without a site.
    fn compare_with_others(
        connection: &mut Connection,
        lines: &[Line<ReflashUnit>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let locations = location::all(connection)?;
        let sites = sites(locations.iter());
        for Line { number, value: unit } in lines {
            if !sites.contains(&unit.location) {
                let location = unit.location.as_str();
                let reason = format!("`{location}` is no site that is loaded");
                faults.in_value(*number, "location_id", location, reason);
            }
        }
        Ok(())
    }
}
