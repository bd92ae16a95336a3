//! The table of the hubs of re-flash orders.

use std::collections::BTreeMap;

use diesel::{dsl::count_star, prelude::*};

use super::{
    columns,
    tables::{key, number, reflash_hubs},
};
use crate::{
    db::{Connection, StoreFault, insert_rows, on_either},
    domain::{
        Eui64, OrderOutcome, instant_text,
        reflash::{KeptReason, OrderHub, OrderHubState, OrderNumber, Package},
    },
    store::{
        device::BATCH,
        page::{PageRequest, Paged},
        stored::{Table, text},
    },
};

const TABLE: Table = Table("reflash_hubs");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reflash_hubs, treat_none_as_default_value = false)]
struct HubRow {
    order_number: i64,
    line: i64,
    chf_device_id: Option<String>,
    gpf_device_id: Option<String>,
    csp_region: Option<String>,
    firmware_before: Option<String>,
    device_manufacturer: Option<String>,
    device_model: Option<String>,
    told_package: bool,
    pallet: Option<String>,
    carton: Option<String>,
    target: Option<String>,
    state: String,
    reasons: String,
    unit: Option<String>,
    batch: Option<i64>,
    fault_report: Option<String>,
    fault_reference: Option<String>,
    smi_by: Option<String>,
    smi_at: Option<String>,
    is_open: bool,
}

impl HubRow {
    fn new(order: OrderNumber, hub: &OrderHub, is_open: bool) -> Result<Self, StoreFault> {
        Ok(Self {
            order_number: key(order),
            line: hub.line.into(),
            chf_device_id: text(hub.chf.as_ref()),
            gpf_device_id: text(hub.gpf.as_ref()),
            csp_region: text(hub.region.as_ref()),
            firmware_before: text(hub.firmware_before.as_ref()),
            device_manufacturer: text(hub.manufacturer.as_ref()),
            device_model: text(hub.model.as_ref()),
            told_package: hub.told_package,
            pallet: text(hub.package.pallet.as_ref()),
            carton: text(hub.package.carton.as_ref()),
            target: text(hub.target.as_ref()),
            state: hub.state.to_string(),
            reasons: columns::reasons_text(TABLE, &hub.reasons)?,
            unit: text(hub.unit.as_ref()),
            batch: hub.batch.map(i64::from),
            fault_report: hub.fault.as_ref().map(|(report, _)| report.to_string()),
            fault_reference: hub.fault.as_ref().map(|(_, reference)| reference.clone()),
            smi_by: hub.smi_told.map(|(by, _)| by.to_string()),
            smi_at: hub.smi_told.map(|(_, at)| instant_text(at)),
            is_open,
        })
    }
}

fn line_of(line: i64) -> Result<u32, StoreFault> {
    u32::try_from(line).map_err(|_| TABLE.corrupt("line", &"a value is not a line"))
}

impl TryFrom<HubRow> for OrderHub {
    type Error = StoreFault;

    fn try_from(row: HubRow) -> Result<Self, StoreFault> {
        let line = line_of(row.line)?;
        let report = TABLE.optional("fault_report", row.fault_report.as_deref())?;
        let smi_by = TABLE.optional("smi_by", row.smi_by.as_deref())?;
        let smi_at = row.smi_at.as_deref().map(|at| TABLE.instant("smi_at", at)).transpose()?;
        Ok(Self {
            line,
            chf: TABLE.optional("chf_device_id", row.chf_device_id.as_deref())?,
            gpf: TABLE.optional("gpf_device_id", row.gpf_device_id.as_deref())?,
            region: TABLE.optional("csp_region", row.csp_region.as_deref())?,
            firmware_before: TABLE.optional("firmware_before", row.firmware_before.as_deref())?,
            manufacturer: TABLE.optional("device_manufacturer", row.device_manufacturer.as_deref())?,
            model: TABLE.optional("device_model", row.device_model.as_deref())?,
            told_package: row.told_package,
            package: Package {
                pallet: TABLE.optional("pallet", row.pallet.as_deref())?,
                carton: TABLE.optional("carton", row.carton.as_deref())?,
            },
            target: TABLE.optional("target", row.target.as_deref())?,
            state: TABLE.value("state", &row.state)?,
            reasons: columns::reasons(TABLE, &row.reasons)?,
            unit: TABLE.optional("unit", row.unit.as_deref())?,
            batch: row.batch.and_then(|batch| u32::try_from(batch).ok()),
            fault: report.zip(row.fault_reference),
            smi_told: smi_by.zip(smi_at),
        })
    }
}

/// Inserts the hubs of a new order.
///
/// # Errors
/// When the database fails; also where one of them is on another open order meanwhile.
pub fn insert(
    connection: &mut Connection,
    order: OrderNumber,
    hubs: &[OrderHub],
    is_open: bool,
) -> Result<(), StoreFault> {
    for batch in hubs.chunks(BATCH) {
        let rows = batch.iter().map(|hub| HubRow::new(order, hub, is_open));
        insert_rows!(connection, reflash_hubs::table, rows.collect::<Result<Vec<_>, _>>()?)?;
    }
    Ok(())
}

/// Loads the hubs of an order, by their lines.
///
/// # Errors
/// When the database fails.
pub fn of_order(connection: &mut Connection, order: OrderNumber) -> Result<Vec<OrderHub>, StoreFault> {
    let rows = reflash_hubs::table
        .filter(reflash_hubs::order_number.eq(key(order)))
        .order(reflash_hubs::line)
        .select(HubRow::as_select());
    rows.load(connection)?.into_iter().map(OrderHub::try_from).collect()
}

/// Loads a page of the hubs of an order, by their lines; only those without a reason against them where `good`.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    order: OrderNumber,
    good: bool,
    page: PageRequest,
) -> Result<Paged<OrderHub>, StoreFault> {
    let mut rows = reflash_hubs::table
        .filter(reflash_hubs::order_number.eq(key(order)))
        .filter(reflash_hubs::line.gt(page.after()))
        .order(reflash_hubs::line)
        .limit(page.one_more())
        .select(HubRow::as_select())
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    if good {
        rows = rows.filter(reflash_hubs::reasons.eq(columns::reasons_text(TABLE, &[])?));
    }
    let keyed = |row: HubRow| Ok((row.line, OrderHub::try_from(row)?));
    let rows = rows.load(connection)?.into_iter().map(keyed).collect::<Result<_, StoreFault>>()?;
    Ok(Paged::new(rows, page))
}

/// Loads the reasons against the hubs of an order, by their lines; a line without a reason is left out.
///
/// # Errors
/// When the database fails.
pub fn reasons_of_lines(
    connection: &mut Connection,
    order: OrderNumber,
) -> Result<Vec<(u32, Vec<KeptReason>)>, StoreFault> {
    let rows = reflash_hubs::table
        .filter(reflash_hubs::order_number.eq(key(order)))
        .filter(reflash_hubs::reasons.ne(columns::reasons_text(TABLE, &[])?))
        .order(reflash_hubs::line)
        .select((reflash_hubs::line, reflash_hubs::reasons));
    let rows = rows.load::<(i64, String)>(connection)?.into_iter();
    rows.map(|(line, reasons)| Ok((line_of(line)?, columns::reasons(TABLE, &reasons)?))).collect()
}

/// How many hubs of an order are in each state.
pub type HubStates = BTreeMap<OrderHubState, u64>;

/// Counts the hubs of these orders by their states.
///
/// # Errors
/// When the database fails.
pub fn states(
    connection: &mut Connection,
    orders: &[OrderNumber],
) -> Result<BTreeMap<OrderNumber, HubStates>, StoreFault> {
    let keys = orders.iter().map(|order| (key(*order), *order)).collect::<BTreeMap<_, _>>();
    let rows = reflash_hubs::table
        .filter(reflash_hubs::order_number.eq_any(keys.keys().copied().collect::<Vec<_>>()))
        .group_by((reflash_hubs::order_number, reflash_hubs::state))
        .select((reflash_hubs::order_number, reflash_hubs::state, count_star()));
    let mut states = BTreeMap::<OrderNumber, HubStates>::new();
    for (id, state, hubs) in rows.load::<(i64, String, i64)>(connection)? {
        if let Some(order) = keys.get(&id) {
            let count = u64::try_from(hubs).unwrap_or_default();
            states.entry(*order).or_default().insert(TABLE.value("state", &state)?, count);
        }
    }
    Ok(states)
}

/// The open orders of these hubs.
///
/// # Errors
/// When the database fails.
pub fn open_orders(
    connection: &mut Connection,
    chfs: &[Eui64],
) -> Result<BTreeMap<Eui64, OrderNumber>, StoreFault> {
    let mut open = BTreeMap::new();
    for batch in chfs.chunks(BATCH) {
        let ids = batch.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows = on_either!(connection, |inner| {
            reflash_hubs::table
                .filter(reflash_hubs::chf_device_id.eq_any(ids))
                .filter(reflash_hubs::is_open)
                .select((reflash_hubs::chf_device_id.assume_not_null(), reflash_hubs::order_number))
                .load::<(String, i64)>(inner)
        })?;
        for (chf, id) in rows {
            open.insert(TABLE.value("chf_device_id", &chf)?, number(id, "order_number")?);
        }
    }
    Ok(open)
}

/// The open orders of these hubs, and the firmware that their outcome `reflashed` names there, where they have that.
///
/// # Errors
/// When the database fails.
pub(in crate::store) fn outcomes_on_open_orders(
    connection: &mut Connection,
    chfs: &[Eui64],
) -> Result<BTreeMap<Eui64, OrderOutcome>, StoreFault> {
    let mut open = BTreeMap::new();
    for batch in chfs.chunks(BATCH) {
        let ids = batch.iter().map(ToString::to_string).collect::<Vec<_>>();
        let rows = on_either!(connection, |inner| {
            reflash_hubs::table
                .filter(reflash_hubs::chf_device_id.eq_any(ids))
                .filter(reflash_hubs::is_open)
                .select(HubRow::as_select())
                .load::<HubRow>(inner)
        })?;
        for row in rows {
            let order = number(row.order_number, "order_number")?;
            let hub = OrderHub::try_from(row)?;
            let reflashed = hub.target.filter(|_| hub.state == OrderHubState::Reflashed);
            open.extend(hub.chf.map(|chf| (chf, OrderOutcome { order, reflashed })));
        }
    }
    Ok(open)
}

/// Frees every hub of an order that is no longer open.
///
/// # Errors
/// When the database fails.
pub fn release_all(connection: &mut Connection, order: OrderNumber) -> Result<(), StoreFault> {
    let of_order = reflash_hubs::table.filter(reflash_hubs::order_number.eq(key(order)));
    diesel::update(of_order).set(reflash_hubs::is_open.eq(false)).execute(connection)?;
    Ok(())
}
