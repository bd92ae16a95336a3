//! The table of re-flash orders.

use std::num::NonZeroU32;

use diesel::prelude::*;

use super::{
    columns,
    tables::{key, number, reflash_orders},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        LocationId, PartySignifier, instant_text,
        reflash::{DayWindow, Order, OrderAsked, OrderNumber, OrderState, RedeliveryAsn, Slot},
    },
    store::{
        last_id::last_id,
        page::{ListOrder, PageRequest, Paged},
        stored::{Table, text},
    },
};

const TABLE: Table = Table("reflash_orders");

/// Which orders are listed: those that fit all that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// In this state.
    pub state: Option<OrderState>,
    /// Of this Party.
    pub party: Option<PartySignifier>,
    /// For this site.
    pub site: Option<LocationId>,
}

/// What an order was asked with, which never changes.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reflash_orders, treat_none_as_default_value = false)]
struct AskedRow {
    amends: Option<i64>,
    party: String,
    user_id: String,
    reference: Option<String>,
    digest: String,
    requested_at: String,
    hubs_stated: Option<i64>,
}

/// How it stands.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reflash_orders, treat_none_as_default_value = false, treat_none_as_null = true)]
struct StandingRow {
    site: Option<String>,
    location: Option<String>,
    redeliver_on: Option<String>,
    redeliver_window: Option<String>,
    state: String,
    deliveries: i64,
    deliver_on: Option<String>,
    deliver_window: Option<String>,
    late_on: Option<String>,
    late_window: Option<String>,
    purchase_order: Option<String>,
    work_order: Option<String>,
    contact: Option<String>,
    received_at: Option<String>,
    liability_in: Option<String>,
    liability_out: Option<String>,
    guidance: Option<String>,
    asn: Option<i64>,
    reasons: String,
    findings: String,
}

type OrderRow = (i64, AskedRow, StandingRow);

pub(super) fn slot(on: Option<&str>, window: Option<&str>) -> Result<Option<Slot>, StoreFault> {
    let (on, window) =
        (TABLE.date("deliver_on", on)?, TABLE.optional::<DayWindow>("deliver_window", window)?);
    Ok(on.zip(window).map(|(on, window)| Slot { on, window }))
}

fn asked_row(asked: &OrderAsked) -> AskedRow {
    AskedRow {
        amends: asked.amends.map(key),
        party: asked.party.to_string(),
        user_id: asked.user.to_string(),
        reference: text(asked.reference.as_ref()),
        digest: asked.digest.clone(),
        requested_at: instant_text(asked.at),
        hubs_stated: asked.hubs.map(i64::from),
    }
}

fn standing_row(order: &Order) -> Result<StandingRow, StoreFault> {
    Ok(StandingRow {
        site: text(order.site.as_ref()),
        location: text(order.asked.location.as_ref()),
        redeliver_on: text(order.asked.redeliver_on.as_ref()),
        redeliver_window: text(order.asked.window.as_ref()),
        state: order.state.to_string(),
        deliveries: order.deliveries.into(),
        deliver_on: order.delivery.map(|slot| slot.on.to_string()),
        deliver_window: order.delivery.map(|slot| slot.window.to_string()),
        late_on: order.late.map(|slot| slot.on.to_string()),
        late_window: order.late.map(|slot| slot.window.to_string()),
        purchase_order: text(order.purchase_order.as_ref()),
        work_order: text(order.work_order.as_ref()),
        contact: text(order.contact.as_ref()),
        received_at: order.received_at.map(instant_text),
        liability_in: order.liability_in.map(instant_text),
        liability_out: order.liability_out.map(instant_text),
        guidance: text(order.guidance.as_ref()),
        asn: order.asn.map(|asn| i64::from(asn.0.get())),
        reasons: columns::reasons_text(TABLE, &order.reasons)?,
        findings: columns::findings_text(TABLE, &order.findings)?,
    })
}

fn order((id, asked, row): OrderRow) -> Result<Order, StoreFault> {
    let instant = |column, at: Option<&str>| at.map(|at| TABLE.instant(column, at)).transpose();
    let asn = |id: i64| u32::try_from(id).ok().and_then(NonZeroU32::new).map(RedeliveryAsn);
    Ok(Order {
        number: number(id, "number")?,
        asked: OrderAsked {
            amends: asked.amends.map(|id| number(id, "amends")).transpose()?,
            party: TABLE.value("party", &asked.party)?,
            user: TABLE.value("user_id", &asked.user_id)?,
            reference: TABLE.optional("reference", asked.reference.as_deref())?,
            digest: asked.digest,
            at: TABLE.instant("requested_at", &asked.requested_at)?,
            hubs: asked.hubs_stated.and_then(|hubs| u32::try_from(hubs).ok()),
            location: TABLE.optional("location", row.location.as_deref())?,
            redeliver_on: TABLE.date("redeliver_on", row.redeliver_on.as_deref())?,
            window: TABLE.optional("redeliver_window", row.redeliver_window.as_deref())?,
        },
        site: TABLE.optional("site", row.site.as_deref())?,
        state: TABLE.value("state", &row.state)?,
        deliveries: u32::try_from(row.deliveries).unwrap_or_default(),
        delivery: slot(row.deliver_on.as_deref(), row.deliver_window.as_deref())?,
        late: slot(row.late_on.as_deref(), row.late_window.as_deref())?,
        purchase_order: TABLE.optional("purchase_order", row.purchase_order.as_deref())?,
        work_order: TABLE.optional("work_order", row.work_order.as_deref())?,
        contact: TABLE.optional("contact", row.contact.as_deref())?,
        received_at: instant("received_at", row.received_at.as_deref())?,
        liability_in: instant("liability_in", row.liability_in.as_deref())?,
        liability_out: instant("liability_out", row.liability_out.as_deref())?,
        guidance: TABLE.optional("guidance", row.guidance.as_deref())?,
        asn: row.asn.and_then(asn),
        reasons: columns::reasons(TABLE, &row.reasons)?,
        findings: columns::findings(TABLE, &row.findings)?,
    })
}

/// Inserts an order, and returns its number, which no other has or had. The number that it is given is passed over.
///
/// # Errors
/// When the database fails; also where the same order was amended, or the same reference used, meanwhile.
pub fn insert(connection: &mut Connection, new: &Order) -> Result<OrderNumber, StoreFault> {
    let row = (asked_row(&new.asked), standing_row(new)?);
    diesel::insert_into(reflash_orders::table).values(row).execute(connection)?;
    number(last_id(connection)?, "number")
}

/// Writes how an order stands now.
///
/// # Errors
/// When the database fails.
pub fn save(connection: &mut Connection, order: &Order) -> Result<(), StoreFault> {
    let of_order = reflash_orders::table.find(key(order.number));
    diesel::update(of_order).set(standing_row(order)?).execute(connection)?;
    Ok(())
}

/// Finds an order.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut Connection, number: OrderNumber) -> Result<Option<Order>, StoreFault> {
    let row = reflash_orders::table.find(key(number)).select((
        reflash_orders::number,
        AskedRow::as_select(),
        StandingRow::as_select(),
    ));
    row.first::<OrderRow>(connection).optional()?.map(order).transpose()
}

/// Finds the order of a Party with that reference of its own.
///
/// # Errors
/// When the database fails.
pub fn of_reference(
    connection: &mut Connection,
    party: &PartySignifier,
    reference: &str,
) -> Result<Option<Order>, StoreFault> {
    let found = reflash_orders::table
        .filter(reflash_orders::party.eq(party.as_str()))
        .filter(reflash_orders::reference.eq(reference))
        .select(reflash_orders::number)
        .first::<i64>(connection)
        .optional()?;
    match found {
        Some(id) => find(connection, number(id, "number")?),
        None => Ok(None),
    }
}

/// Finds the order that amends another.
///
/// # Errors
/// When the database fails.
pub fn amended_by(
    connection: &mut Connection,
    order: OrderNumber,
) -> Result<Option<OrderNumber>, StoreFault> {
    let found =
        reflash_orders::table.filter(reflash_orders::amends.eq(key(order))).select(reflash_orders::number);
    found.first::<i64>(connection).optional()?.map(|id| number(id, "number")).transpose()
}

/// Loads a page of the orders that fit.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    filter: &OrderFilter,
    order_of_rows: ListOrder,
    page: PageRequest,
) -> Result<Paged<Order>, StoreFault> {
    let mut query = reflash_orders::table
        .limit(page.one_more())
        .select((reflash_orders::number, AskedRow::as_select(), StandingRow::as_select()))
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    let number = reflash_orders::number;
    query = match order_of_rows {
        ListOrder::OldestFirst => query.filter(number.gt(page.after())).order(number.asc()),
        ListOrder::NewestFirst => query.filter(number.lt(page.before())).order(number.desc()),
    };
    if let Some(state) = filter.state {
        query = query.filter(reflash_orders::state.eq(state.as_str()));
    }
    if let Some(party) = &filter.party {
        query = query.filter(reflash_orders::party.eq(party.as_str().to_owned()));
    }
    if let Some(site) = &filter.site {
        query = query.filter(reflash_orders::site.eq(site.as_str().to_owned()));
    }
    let rows = query.load::<OrderRow>(connection)?;
    let keyed = |row: OrderRow| Ok((row.0, order(row)?));
    Ok(Paged::new(rows.into_iter().map(keyed).collect::<Result<_, StoreFault>>()?, page))
}
