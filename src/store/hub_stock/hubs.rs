//! Hubs one by one: those in stock with where they lie, and those that are installed with when that was.

use std::collections::BTreeMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};

use super::{
    groups::{IN_STOCK, INSTALLED, model, version},
    stock_row::{find as find_place, stock},
};
use crate::{
    db::{Connection, StoreFault, for_each_row},
    domain::{
        Band, CspRegion, Date, Eui64, FirmwareVersion, HubModel, HubVersion, InstalledGroup, SmiStatus,
        StockGroup, StockRow, london_date,
    },
    store::{
        device::{devices, milestones},
        stored::Table,
    },
};

diesel::allow_tables_to_appear_in_same_query!(devices, stock);

const TABLE: Table = Table("devices");
const PLACES: Table = Table("stock");

/// A hub in stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockedHub {
    /// The CHF.
    pub chf: Eui64,
    /// The User that pre-notified it.
    pub pre_notified_by: Option<Eui64>,
    /// Its model.
    pub model: HubModel,
    /// Its firmware version.
    pub firmware: Option<FirmwareVersion>,
    /// Its CHTS and GBCS version.
    pub version: HubVersion,
    /// Its CSP Region.
    pub region: Option<CspRegion>,
    /// Its band.
    pub band: Option<Band>,
    /// Where it lies, if that is known.
    pub place: Option<StockRow>,
}

/// The columns of a hub in stock; those of its place are absent together.
#[derive(Queryable)]
struct StockedRow {
    device_id: String,
    pre_notified_by: Option<String>,
    device_manufacturer: String,
    device_model: String,
    firmware_version: Option<String>,
    smets_chts_version: Option<String>,
    gbcs_version: Option<String>,
    csp_region: Option<String>,
    han_variant: Option<String>,
    place: Option<PlaceColumns>,
}

/// Location, delivery, ASN, pallet, carton, packaging.
type PlaceColumns = (String, Option<String>, Option<String>, Option<String>, Option<String>, String);

impl TryFrom<StockedRow> for StockedHub {
    type Error = StoreFault;

    fn try_from(row: StockedRow) -> Result<Self, StoreFault> {
        let chf = TABLE.value("device_id", &row.device_id)?;
        let place = |(location, delivered_on, asn, pallet, carton, packaging): PlaceColumns| {
            Ok::<_, StoreFault>(StockRow {
                chf,
                location: PLACES.value("location_id", &location)?,
                delivered_on: PLACES.date("delivered_on", delivered_on.as_deref())?,
                asn: PLACES.optional("asn", asn.as_deref())?,
                pallet: PLACES.optional("pallet", pallet.as_deref())?,
                carton: PLACES.optional("carton", carton.as_deref())?,
                packaging: PLACES.value("packaging", &packaging)?,
            })
        };
        Ok(Self {
            chf,
            pre_notified_by: TABLE.optional("pre_notified_by", row.pre_notified_by.as_deref())?,
            model: model(&row.device_manufacturer, &row.device_model)?,
            firmware: TABLE.optional("firmware_version", row.firmware_version.as_deref())?,
            version: version(row.smets_chts_version.as_deref(), row.gbcs_version.as_deref())?,
            region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            band: row.han_variant.as_deref().map(Band::of_variant),
            place: row.place.map(place).transpose()?,
        })
    }
}

/// The columns of [`StockedRow`].
macro_rules! stocked_columns {
    () => {
        (
            devices::device_id,
            devices::pre_notified_by,
            devices::device_manufacturer,
            devices::device_model,
            devices::firmware_version,
            devices::smets_chts_version,
            devices::gbcs_version,
            devices::csp_region,
            devices::han_variant,
            (
                stock::location_id,
                stock::delivered_on,
                stock::asn,
                stock::pallet,
                stock::carton,
                stock::packaging,
            )
                .nullable(),
        )
    };
}

/// Filters a boxed query by a column that may be NULL. The comparison is one that both databases search an index for.
macro_rules! of_value {
    ($query:expr, $column:expr, $value:expr) => {
        match $value {
            Some(value) => $query.filter($column.eq(value.to_string())),
            None => $query.filter($column.is_null()),
        }
    };
}

/// Loads the hubs of a group, by CHF: those behind this one, at most so many. They come along the index.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn stocked_after(
    connection: &mut Connection,
    group: &StockGroup,
    last: Option<Eui64>,
    limit: u16,
) -> Result<Vec<StockedHub>, StoreFault> {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let query = devices::table
        .left_join(stock::table.on(stock::chf_device_id.eq(devices::device_id)))
        .filter(sql::<Bool>(IN_STOCK))
        .filter(devices::device_manufacturer.eq(group.model.manufacturer.as_str()))
        .filter(devices::device_model.eq(group.model.model.as_str()))
        .filter(devices::device_id.gt(last))
        .select(stocked_columns!())
        .order(devices::device_id)
        .limit(limit.into())
        .into_boxed();
    let query = of_value!(query, devices::pre_notified_by, &group.pre_notified_by);
    let query = of_value!(query, devices::firmware_version, &group.firmware);
    let query = of_value!(query, devices::smets_chts_version, &group.version.chts);
    let query = of_value!(query, devices::gbcs_version, &group.version.gbcs);
    let query = of_value!(query, devices::csp_region, &group.region);
    let query = of_value!(query, devices::han_variant, &group.han_variant);
    let rows = query.load::<StockedRow>(connection)?;
    rows.into_iter().map(StockedHub::try_from).collect()
}

/// Passes on every hub in stock of these versions, by delivery and then by CHF; those without a delivery come last. They are streamed:
/// memory does not grow with their number.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back; or what `each` says.
pub fn each_stocked<F: From<StoreFault>>(
    connection: &mut Connection,
    versions: &[HubVersion],
    each: &mut dyn FnMut(StockedHub) -> Result<(), F>,
) -> Result<(), F> {
    let key = "COALESCE(devices.smets_chts_version, '') || '/' || COALESCE(devices.gbcs_version, '')";
    let keys = versions.iter().map(|version| {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let HubVersion { chts, gbcs } = version;
        let (chts, gbcs) =
            (text(chts.as_ref().map(|chts| chts.as_str())), text(gbcs.as_ref().map(|gbcs| gbcs.as_str())));
        format!("{chts}/{gbcs}")
    });
    let query = devices::table
        .left_join(stock::table.on(stock::chf_device_id.eq(devices::device_id)))
        .filter(sql::<Bool>(IN_STOCK))
        .filter(sql::<Text>(key).eq_any(keys.collect::<Vec<_>>()))
        // Behind every date.
        .order((sql::<Text>("COALESCE(stock.delivered_on, '~')"), devices::device_id))
        .select(stocked_columns!());
    for_each_row!(connection, query, StockedRow, |row| each(StockedHub::try_from(row)?))
}

/// An installed hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledHub {
    /// The CHF.
    pub chf: Eui64,
    /// Its SMI Status.
    pub status: SmiStatus,
    /// The date that its record has.
    pub date_commissioned: Option<Date>,
}

/// Loads the hubs of a group, by CHF: those behind this one, at most so many.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn installed_after(
    connection: &mut Connection,
    group: &InstalledGroup,
    last: Option<Eui64>,
    limit: u16,
) -> Result<Vec<InstalledHub>, StoreFault> {
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let query = devices::table
        .filter(sql::<Bool>(INSTALLED))
        .filter(devices::device_manufacturer.eq(group.model.manufacturer.as_str()))
        .filter(devices::device_model.eq(group.model.model.as_str()))
        .filter(devices::device_id.gt(last))
        .select((devices::device_id, devices::status, devices::date_commissioned))
        .order(devices::device_id)
        .limit(limit.into())
        .into_boxed();
    let query = of_value!(query, devices::smets_chts_version, &group.version.chts);
    let query = of_value!(query, devices::gbcs_version, &group.version.gbcs);
    let query = of_value!(query, devices::csp_region, &group.region);
    let query = of_value!(query, devices::pre_notified_by, &group.pre_notified_by);
    let read = |(id, status, date): (String, Option<String>, Option<String>)| {
        Ok(InstalledHub {
            chf: TABLE.value("device_id", &id)?,
            // An installed hub has one.
            status: TABLE.value("status", status.as_deref().unwrap_or_default())?,
            date_commissioned: TABLE.date("date_commissioned", date.as_deref())?,
        })
    };
    query.load(connection)?.into_iter().map(read).collect()
}

/// The London days on which these hubs were installed: of their first move from Pending or Whitelisted to an installed status that no
/// import made. A hub without such a move is missing.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn installed_on(
    connection: &mut Connection,
    hubs: &[Eui64],
) -> Result<BTreeMap<Eui64, Date>, StoreFault> {
    let moves = milestones::first_installed(connection, hubs)?;
    Ok(moves.into_iter().map(|(hub, at)| (hub, london_date(at))).collect())
}

/// Where a hub lies.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn place_of(connection: &mut Connection, chf: Eui64) -> Result<Option<StockRow>, StoreFault> {
    find_place(connection, chf)
}
