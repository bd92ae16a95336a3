//! Explicit Charges, `charges.csv`: a file replaces the whole list.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::list::{WholeList, csv_of_list};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Band, Charge, Pence},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    charges (regulatory_year, charge, band) {
        regulatory_year -> Text,
        charge -> Text,
        // Empty where it is for every band: it is part of the key.
        band -> Text,
        cost_pence -> BigInt,
    }
}

const TABLE: Table = Table("charges");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = charges)]
struct ChargeRow {
    regulatory_year: String,
    charge: String,
    band: String,
    cost_pence: i64,
}

impl From<&Charge> for ChargeRow {
    fn from(charge: &Charge) -> Self {
        let Charge { year, kind, band, cost } = charge;
        Self {
            regulatory_year: year.to_string(),
            charge: kind.to_string(),
            band: band.as_ref().map(|band| band.variant().to_owned()).unwrap_or_default(),
            cost_pence: cost.get(),
        }
    }
}

impl TryFrom<ChargeRow> for Charge {
    type Error = StoreFault;

    fn try_from(row: ChargeRow) -> Result<Self, StoreFault> {
        let band = Some(row.band.as_str()).filter(|band| !band.is_empty());
        Ok(Self {
            year: TABLE.value("regulatory_year", &row.regulatory_year)?,
            kind: TABLE.value("charge", &row.charge)?,
            band: band.map(Band::of_variant),
            cost: Pence::new(row.cost_pence),
        })
    }
}

/// One line of charges.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct ChargeLine {
    regulatory_year: String,
    charge: String,
    band: String,
    cost: String,
}

impl From<&Charge> for ChargeLine {
    fn from(charge: &Charge) -> Self {
        let ChargeRow { regulatory_year, charge: kind, band, cost_pence } = charge.into();
        Self { regulatory_year, charge: kind, band, cost: Pence::new(cost_pence).to_string() }
    }
}

impl Sheet for ChargeLine {
    const COLUMNS: &'static [&'static str] = &["regulatory_year", "charge", "band", "cost"];
    const REQUIRED: &'static [&'static str] = &["regulatory_year", "charge", "cost"];
    type Value = Charge;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Charge> {
        let year = fields.required("regulatory_year", &self.regulatory_year);
        let kind = fields.required("charge", &self.charge);
        let band = fields.optional("band", &self.band);
        let cost = fields.required("cost", &self.cost);
        Some(Charge { year: year?, kind: kind?, band: band?, cost: cost? })
    }

    /// Refuses two charges for one year and band.
    fn compare(lines: &[Line<Charge>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "charge", |charge| {
            Some(((charge.year, charge.kind, charge.band.clone()), Self::key(charge)))
        });
    }
}

csv_of_list!(ChargeLine);

impl WholeList for ChargeLine {
    fn key(charge: &Charge) -> String {
        let Charge { year, kind, band, cost: _ } = charge;
        let band = band.as_ref().map_or("every band", Band::variant);
        format!("{year}, {kind}, {band}")
    }

    fn all(connection: &mut Connection) -> Result<Vec<Charge>, StoreFault> {
        all(connection)
    }

    fn replace(connection: &mut Connection, values: &[Charge]) -> Result<(), StoreFault> {
        diesel::delete(charges::table).execute(connection)?;
        for batch in values.chunks(BATCH) {
            let rows = batch.iter().map(ChargeRow::from).collect::<Vec<_>>();
            insert_rows!(connection, charges::table, rows)?;
        }
        Ok(())
    }
}

/// Loads every charge, by year, charge and band.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<Charge>, StoreFault> {
    let order = (charges::regulatory_year, charges::charge, charges::band);
    let rows = charges::table.order(order).select(ChargeRow::as_select()).load(connection)?;
    rows.into_iter().map(Charge::try_from).collect()
}
