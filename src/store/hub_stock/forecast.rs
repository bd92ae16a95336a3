//! Forecasts of Parties, `forecasts.csv`: a file replaces the whole list.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::list::{WholeList, csv_of_list};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Forecast, LocationId, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    forecasts (party_signifier, location_id, period_from) {
        party_signifier -> Text,
        location_id -> Text,
        period_from -> Text,
        hubs -> BigInt,
        given_on -> Text,
    }
}

const TABLE: Table = Table("forecasts");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = forecasts)]
struct ForecastRow {
    party_signifier: String,
    location_id: String,
    period_from: String,
    hubs: i64,
    given_on: String,
}

impl From<&Forecast> for ForecastRow {
    fn from(forecast: &Forecast) -> Self {
        let Forecast { party, location, period_from, hubs, given_on } = forecast;
        Self {
            party_signifier: party.to_string(),
            location_id: location.to_string(),
            period_from: period_from.to_string(),
            hubs: hubs.get().into(),
            given_on: given_on.to_string(),
        }
    }
}

impl TryFrom<ForecastRow> for Forecast {
    type Error = StoreFault;

    fn try_from(row: ForecastRow) -> Result<Self, StoreFault> {
        Ok(Self {
            party: TABLE.value("party_signifier", &row.party_signifier)?,
            location: TABLE.value("location_id", &row.location_id)?,
            period_from: TABLE.day("period_from", &row.period_from)?,
            hubs: TABLE.value("hubs", &row.hubs.to_string())?,
            given_on: TABLE.day("given_on", &row.given_on)?,
        })
    }
}

/// Loads the forecasts for a site.
///
/// # Errors
/// When the database fails.
pub fn of_site(connection: &mut Connection, site: &LocationId) -> Result<Vec<Forecast>, StoreFault> {
    let of_site = forecasts::table.filter(forecasts::location_id.eq(site.as_str()));
    let rows = of_site.select(ForecastRow::as_select()).load(connection)?;
    rows.into_iter().map(Forecast::try_from).collect()
}

/// One line of forecasts.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct ForecastLine {
    party_signifier: String,
    location_id: String,
    period_from: String,
    hubs: String,
    given_on: String,
}

impl From<&Forecast> for ForecastLine {
    fn from(forecast: &Forecast) -> Self {
        let ForecastRow { party_signifier, location_id, period_from, hubs, given_on } = forecast.into();
        Self { party_signifier, location_id, period_from, hubs: hubs.to_string(), given_on }
    }
}

impl Sheet for ForecastLine {
    const COLUMNS: &'static [&'static str] =
        &["party_signifier", "location_id", "period_from", "hubs", "given_on"];
    const REQUIRED: &'static [&'static str] = Self::COLUMNS;
    type Value = Forecast;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Forecast> {
        let party = fields.required("party_signifier", &self.party_signifier);
        let location = fields.required("location_id", &self.location_id);
        let period_from = fields.required_by("period_from", &self.period_from, parse_date);
        let hubs = fields.required("hubs", &self.hubs);
        let given_on = fields.required_by("given_on", &self.given_on, parse_date);
        Some(Forecast {
            party: party?,
            location: location?,
            period_from: period_from?,
            hubs: hubs?,
            given_on: given_on?,
        })
    }

    fn compare(lines: &[Line<Forecast>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "period_from", |forecast| {
            let Forecast { party, location, period_from, .. } = forecast;
            Some(((party.clone(), location.clone(), *period_from), Self::key(forecast)))
        });
    }
}

csv_of_list!(ForecastLine);

impl WholeList for ForecastLine {
    fn key(forecast: &Forecast) -> String {
        let Forecast { party, location, period_from, .. } = forecast;
        format!("{party}, {location}, {period_from}")
    }

    fn all(connection: &mut Connection) -> Result<Vec<Forecast>, StoreFault> {
        let order = (forecasts::party_signifier, forecasts::location_id, forecasts::period_from);
        let rows = forecasts::table.order(order).select(ForecastRow::as_select()).load(connection)?;
        rows.into_iter().map(Forecast::try_from).collect()
    }

    fn replace(connection: &mut Connection, values: &[Forecast]) -> Result<(), StoreFault> {
        diesel::delete(forecasts::table).execute(connection)?;
        for batch in values.chunks(BATCH) {
            let rows = batch.iter().map(ForecastRow::from).collect::<Vec<_>>();
            insert_rows!(connection, forecasts::table, rows)?;
        }
        Ok(())
    }
}
