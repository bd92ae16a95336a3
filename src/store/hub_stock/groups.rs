//! Hubs counted in groups, from the indexes that are made for it: there may be millions of hubs, and few groups.

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{HubModel, HubVersion, InstalledGroup, Parties, StockGroup, reflash::OrderState},
    store::{stored::Table, user},
};

/// What is in stock: Pending, and not SMETS1 (HUBS.md 2). Its terms are those of the index `devices_in_stock`, as literals.
pub(super) const IN_STOCK: &str = "devices.device_type = 'CHF' AND devices.status = 'Pending' \
    AND devices.s1sp IS NULL AND (devices.csp_region IS NULL OR devices.csp_region <> 'SMETS1')";

/// What is installed, likewise, by the index `devices_installed_hubs`.
pub(super) const INSTALLED: &str = "devices.device_type = 'CHF' AND (devices.status = 'InstalledNotCommissioned' \
    OR devices.status = 'Commissioned' OR devices.status = 'Suspended' OR devices.status = 'Recovery' \
    OR devices.status = 'Recovered') \
    AND devices.s1sp IS NULL AND (devices.csp_region IS NULL OR devices.csp_region <> 'SMETS1')";

/// The columns that groups of stock have in common, in the order of the index.
const STOCK_COLUMNS: &str = "devices.pre_notified_by, devices.device_manufacturer, devices.device_model, \
    devices.firmware_version, devices.smets_chts_version, devices.gbcs_version, devices.csp_region, devices.han_variant";

/// Those of groups of installed hubs.
const INSTALLED_COLUMNS: &str = "devices.smets_chts_version, devices.gbcs_version, devices.device_manufacturer, \
    devices.device_model, devices.csp_region, devices.pre_notified_by";

const TABLE: Table = Table("devices");

/// What of its place groups of stock are made by, or tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockPlace {
    /// Nothing: the table of places is not read.
    Ignored,
    /// Groups lie at one location.
    Location,
    /// Groups tell their oldest delivery.
    Delivery,
}

#[derive(QueryableByName)]
struct StockGroupRow {
    #[diesel(sql_type = Nullable<Text>)]
    pre_notified_by: Option<String>,
    #[diesel(sql_type = Text)]
    device_manufacturer: String,
    #[diesel(sql_type = Text)]
    device_model: String,
    #[diesel(sql_type = Nullable<Text>)]
    firmware_version: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    smets_chts_version: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    gbcs_version: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    csp_region: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    han_variant: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    location_id: Option<String>,
    #[diesel(sql_type = BigInt)]
    hubs: i64,
    #[diesel(sql_type = Nullable<Text>)]
    oldest_delivered_on: Option<String>,
}

/// What tells groups of stock apart, as it is stored.
type GroupKey = [Option<String>; 9];

impl StockGroupRow {
    fn key(&self) -> GroupKey {
        [
            self.pre_notified_by.clone(),
            Some(self.device_manufacturer.clone()),
            Some(self.device_model.clone()),
            self.firmware_version.clone(),
            self.smets_chts_version.clone(),
            self.gbcs_version.clone(),
            self.csp_region.clone(),
            self.han_variant.clone(),
            self.location_id.clone(),
        ]
    }

    fn group(self, away: u64) -> Result<StockGroup, StoreFault> {
        let row = self;
        Ok(StockGroup {
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            model: model(&row.device_manufacturer, &row.device_model)?,
            firmware: TABLE.optional("firmware_version", row.firmware_version.as_deref())?,
            version: version(row.smets_chts_version.as_deref(), row.gbcs_version.as_deref())?,
            region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            han_variant: TABLE.optional("han_variant", row.han_variant.as_deref())?,
            location: TABLE.optional("location_id", row.location_id.as_deref())?,
            hubs: row.hubs.unsigned_abs(),
            away,
            oldest_delivered_on: TABLE.date("delivered_on", row.oldest_delivered_on.as_deref())?,
        })
    }
}

pub(super) fn model(manufacturer: &str, model: &str) -> Result<HubModel, StoreFault> {
    Ok(HubModel {
        manufacturer: TABLE.value("device_manufacturer", manufacturer)?,
        model: TABLE.value("device_model", model)?,
    })
}

pub(super) fn version(chts: Option<&str>, gbcs: Option<&str>) -> Result<HubVersion, StoreFault> {
    Ok(HubVersion {
        chts: TABLE.optional("smets_chts_version", chts)?,
        gbcs: TABLE.optional("gbcs_version", gbcs)?,
    })
}

/// The statement of [`stock_groups`].
fn stock_groups_sql(place: StockPlace) -> String {
    let none = "CAST(NULL AS TEXT)";
    let join = "LEFT JOIN stock ON stock.chf_device_id = devices.device_id";
    let (location, oldest, join, by) = match place {
        StockPlace::Ignored => (none, none, "", ""),
        StockPlace::Location => ("stock.location_id", none, join, ", stock.location_id"),
        StockPlace::Delivery => (none, "MIN(stock.delivered_on)", join, ""),
    };
    format!(
        "SELECT {STOCK_COLUMNS}, {location} AS location_id, COUNT(*) AS hubs, {oldest} AS oldest_delivered_on
        FROM devices {join} WHERE {IN_STOCK} GROUP BY {STOCK_COLUMNS}{by}"
    )
}

/// The statement that counts, in the same groups, those that are away on a re-flash order. It begins with the hubs of open orders, which
/// are few beside all that are in stock: SQLite keeps the order of a CROSS JOIN.
fn away_groups_sql(place: StockPlace) -> String {
    let none = "CAST(NULL AS TEXT)";
    let (location, join, by) = match place {
        StockPlace::Ignored | StockPlace::Delivery => (none, "", ""),
        StockPlace::Location => (
            "stock.location_id",
            "LEFT JOIN stock ON stock.chf_device_id = devices.device_id",
            ", stock.location_id",
        ),
    };
    let away = OrderState::ALL.iter().filter(|state| state.is_away()).map(|state| format!("'{state}'"));
    let away = away.collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {STOCK_COLUMNS}, {location} AS location_id, COUNT(*) AS hubs, {none} AS oldest_delivered_on
        FROM reflash_hubs CROSS JOIN reflash_orders CROSS JOIN devices {join}
        WHERE reflash_hubs.is_open AND reflash_orders.number = reflash_hubs.order_number AND reflash_orders.state IN ({away})
        AND devices.device_id = reflash_hubs.chf_device_id AND {IN_STOCK} GROUP BY {STOCK_COLUMNS}{by}"
    )
}

/// Counts what is in stock, by all that reports judge it by, and how many of that are away to be re-flashed.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn stock_groups(connection: &mut Connection, place: StockPlace) -> Result<Vec<StockGroup>, StoreFault> {
    let rows = sql_query(stock_groups_sql(place)).load::<StockGroupRow>(connection)?;
    let away = sql_query(away_groups_sql(place)).load::<StockGroupRow>(connection)?;
    let away = away.into_iter().map(|row| (row.key(), row.hubs.unsigned_abs())).collect::<BTreeMap<_, _>>();
    let group = |row: StockGroupRow| {
        let away = away.get(&row.key()).copied().unwrap_or_default();
        row.group(away)
    };
    rows.into_iter().map(group).collect()
}

#[derive(QueryableByName)]
struct InstalledGroupRow {
    #[diesel(sql_type = Nullable<Text>)]
    smets_chts_version: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    gbcs_version: Option<String>,
    #[diesel(sql_type = Text)]
    device_manufacturer: String,
    #[diesel(sql_type = Text)]
    device_model: String,
    #[diesel(sql_type = Nullable<Text>)]
    csp_region: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pre_notified_by: Option<String>,
    #[diesel(sql_type = BigInt)]
    hubs: i64,
}

/// The statement of [`installed_groups`].
fn installed_groups_sql() -> String {
    format!(
        "SELECT {INSTALLED_COLUMNS}, COUNT(*) AS hubs FROM devices WHERE {INSTALLED} GROUP BY {INSTALLED_COLUMNS}"
    )
}

/// Counts what is installed.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn installed_groups(connection: &mut Connection) -> Result<Vec<InstalledGroup>, StoreFault> {
    let read = |row: InstalledGroupRow| {
        Ok(InstalledGroup {
            version: version(row.smets_chts_version.as_deref(), row.gbcs_version.as_deref())?,
            model: model(&row.device_manufacturer, &row.device_model)?,
            region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            hubs: row.hubs.unsigned_abs(),
        })
    };
    let rows = sql_query(installed_groups_sql()).load::<InstalledGroupRow>(connection)?;
    rows.into_iter().map(read).collect()
}

/// Loads the Parties of all Users. There are hundreds.
///
/// # Errors
/// When the database fails.
pub fn parties(connection: &mut Connection) -> Result<Parties, StoreFault> {
    let users = user::all(connection)?;
    Ok(users.into_iter().filter_map(|user| Some((user.id, user.party_signifier.parse().ok()?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, query_plan_without_scans};

    /// What is away is found from the hubs of open orders: each order and Device by its key, and nothing is scanned that grows with stock.
    #[test]
    fn what_is_away_is_found_from_the_hubs_of_open_orders() {
        let temp = TempStore::with_fixtures();
        for place in [StockPlace::Ignored, StockPlace::Location, StockPlace::Delivery] {
            let explain = |connection: &mut Connection| {
                Ok::<_, StoreFault>(query_plan_without_scans(connection, &away_groups_sql(place)))
            };
            let plan = temp.store.read(explain).unwrap();
            if plan.iter().any(|step| step.contains("cost=")) {
                assert!(!plan.iter().any(|step| step.contains("Seq Scan")), "{plan:#?}");
                continue;
            }
            let [hubs, order, device, ..] = plan.as_slice() else { panic!("{plan:#?}") };
            assert!(hubs.contains("reflash_hubs_open"), "{plan:#?}");
            assert!(
                order.contains("SEARCH reflash_orders") && device.contains("SEARCH devices"),
                "{plan:#?}"
            );
            assert!(device.contains("(device_id=?)"), "{plan:#?}");
        }
    }

    /// A million hubs are counted from the index alone: no row of a Device is read, and nothing is sorted.
    #[test]
    fn groups_are_counted_from_their_indexes() {
        let temp = TempStore::with_fixtures();
        for (statement, index) in [
            (stock_groups_sql(StockPlace::Ignored), "devices_in_stock"),
            (stock_groups_sql(StockPlace::Delivery), "devices_in_stock"),
            (installed_groups_sql(), "devices_installed_hubs"),
        ] {
            let explain = |connection: &mut Connection| {
                Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
            };
            let plan = temp.store.read(explain).unwrap();
            assert!(plan.contains(index), "{statement}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
            if !plan.contains("->") && !plan.contains("cost=") {
                assert!(plan.contains(&format!("COVERING INDEX {index}")), "{statement}\n{plan}");
            }
        }
    }
}
