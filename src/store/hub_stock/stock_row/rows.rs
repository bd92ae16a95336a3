//! The table of where hubs lie: rows, the lines of its file, and named queries.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault, insert_rows, on_either, prepared::RowTable},
    domain::{Eui64, StockRow, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    stock (chf_device_id) {
        chf_device_id -> Text,
        location_id -> Text,
        delivered_on -> Nullable<Text>,
        asn -> Nullable<Text>,
        pallet -> Nullable<Text>,
        carton -> Nullable<Text>,
        packaging -> Text,
    }
}

const TABLE: Table = Table("stock");

/// Every column.
pub(super) const COLUMNS: &[&str] = <stock::table as RowTable>::COLUMNS;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = stock, treat_none_as_default_value = false)]
pub(super) struct PlaceRow {
    pub(super) chf_device_id: String,
    pub(super) location_id: String,
    pub(super) delivered_on: Option<String>,
    pub(super) asn: Option<String>,
    pub(super) pallet: Option<String>,
    pub(super) carton: Option<String>,
    pub(super) packaging: String,
}

impl From<&StockRow> for PlaceRow {
    fn from(row: &StockRow) -> Self {
        let StockRow { chf, location, delivered_on, asn, pallet, carton, packaging } = row;
        Self {
            chf_device_id: chf.to_string(),
            location_id: location.to_string(),
            delivered_on: text(delivered_on.as_ref()),
            asn: text(asn.as_ref()),
            pallet: text(pallet.as_ref()),
            carton: text(carton.as_ref()),
            packaging: packaging.to_string(),
        }
    }
}

impl TryFrom<PlaceRow> for StockRow {
    type Error = StoreFault;

    fn try_from(row: PlaceRow) -> Result<Self, StoreFault> {
        Ok(Self {
            chf: TABLE.value("chf_device_id", &row.chf_device_id)?,
            location: TABLE.value("location_id", &row.location_id)?,
            delivered_on: TABLE.date("delivered_on", row.delivered_on.as_deref())?,
            asn: TABLE.optional("asn", row.asn.as_deref())?,
            pallet: TABLE.optional("pallet", row.pallet.as_deref())?,
            carton: TABLE.optional("carton", row.carton.as_deref())?,
            packaging: TABLE.value("packaging", &row.packaging)?,
        })
    }
}

/// One line of stock.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct StockLine {
    chf_device_id: String,
    location_id: String,
    delivered_on: String,
    asn: String,
    pallet: String,
    carton: String,
    packaging: String,
}

impl From<&StockRow> for StockLine {
    fn from(row: &StockRow) -> Self {
        let row = PlaceRow::from(row);
        Self {
            chf_device_id: row.chf_device_id,
            location_id: row.location_id,
            delivered_on: row.delivered_on.unwrap_or_default(),
            asn: row.asn.unwrap_or_default(),
            pallet: row.pallet.unwrap_or_default(),
            carton: row.carton.unwrap_or_default(),
            packaging: row.packaging,
        }
    }
}

impl Sheet for StockLine {
    const COLUMNS: &'static [&'static str] = COLUMNS;
    const REQUIRED: &'static [&'static str] = &["chf_device_id", "location_id", "packaging"];
    type Value = StockRow;

    fn read(&self, fields: &mut Fields<'_>) -> Option<StockRow> {
        let chf = fields.required("chf_device_id", &self.chf_device_id);
        let location = fields.required("location_id", &self.location_id);
        let delivered_on = fields.optional_by("delivered_on", &self.delivered_on, parse_date);
        let asn = fields.optional("asn", &self.asn);
        let pallet = fields.optional("pallet", &self.pallet);
        let carton = fields.optional("carton", &self.carton);
        let packaging = fields.required("packaging", &self.packaging);
        Some(StockRow {
            chf: chf?,
            location: location?,
            delivered_on: delivered_on?,
            asn: asn?,
            pallet: pallet?,
            carton: carton?,
            packaging: packaging?,
        })
    }

    fn compare(lines: &[Line<StockRow>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "chf_device_id", |row| Some((row.chf, row.chf.to_string())));
    }
}

/// Looks up where a hub lies.
pub(in crate::store) fn find(
    connection: &mut Connection,
    chf: Eui64,
) -> Result<Option<StockRow>, StoreFault> {
    let row = stock::table.find(chf.to_string()).select(PlaceRow::as_select());
    row.get_result(connection).optional()?.map(StockRow::try_from).transpose()
}

/// Looks up where these hubs lie. One of which that is not known is missing.
pub(in crate::store) fn find_all(
    connection: &mut Connection,
    chfs: &[Eui64],
) -> Result<BTreeMap<Eui64, StockRow>, StoreFault> {
    let mut found = BTreeMap::new();
    for batch in chfs.chunks(BATCH) {
        let ids = batch.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows = on_either!(connection, |inner| {
            stock::table.filter(stock::chf_device_id.eq_any(ids)).select(PlaceRow::as_select()).load(inner)
        })?;
        for row in rows {
            let row = StockRow::try_from(row)?;
            found.insert(row.chf, row);
        }
    }
    Ok(found)
}

/// Writes where hubs lie now, in place of what was known of them.
///
/// # Errors
/// When the database fails.
pub fn save(connection: &mut Connection, rows: &[StockRow]) -> Result<(), StoreFault> {
    for batch in rows.chunks(BATCH) {
        let ids = batch.iter().map(|row| row.chf.to_string()).collect::<Vec<_>>();
        diesel::delete(stock::table.filter(stock::chf_device_id.eq_any(ids))).execute(connection)?;
        let rows = batch.iter().map(PlaceRow::from).collect::<Vec<_>>();
        insert_rows!(connection, stock::table, rows)?;
    }
    Ok(())
}

/// The size of a page, in rows.
const PAGE: i64 = 1_000;

/// Loads a page of all rows, by hub: those behind this one. It is empty behind the last page.
pub(super) fn page_after(
    connection: &mut Connection,
    last: Option<Eui64>,
) -> Result<Vec<StockRow>, StoreFault> {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let rows = stock::table.filter(stock::chf_device_id.gt(last)).order(stock::chf_device_id).limit(PAGE);
    rows.select(PlaceRow::as_select()).load(connection)?.into_iter().map(StockRow::try_from).collect()
}
