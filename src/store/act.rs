//! Acts: appended, listed, and never changed.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    device::BATCH,
    last_id::last_id,
    page::{ListOrder, PageRequest, Paged},
    stored::{Table, text},
    table::stored_table,
};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Act, ActArea, ActCheck, instant_text},
};

stored_table! {
    acts (id) {
        id -> BigInt,
        at -> Text,
        acted_by -> Text,
        area -> Text,
        about -> Text,
        act -> Text,
        from_state -> Nullable<Text>,
        to_state -> Nullable<Text>,
        reason -> Nullable<Text>,
        detail -> Nullable<Text>,
        checks -> Text,
    }
}

const TABLE: Table = Table("acts");

/// Which acts are listed: those that fit all that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActFilter {
    /// Whose history they belong to.
    pub area: Option<ActArea>,
    /// What they are about.
    pub about: Option<String>,
}

/// An act with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedAct {
    /// The number.
    pub id: i64,
    /// The act.
    pub act: Act,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = acts, treat_none_as_default_value = false)]
struct ActRow {
    at: String,
    acted_by: String,
    area: String,
    about: String,
    act: String,
    from_state: Option<String>,
    to_state: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
    checks: String,
}

/// A check as the column holds it.
#[derive(Serialize, Deserialize)]
struct CheckColumn {
    rule: String,
    holds: bool,
    saw: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    derogation: Option<String>,
}

impl From<&ActCheck> for CheckColumn {
    fn from(check: &ActCheck) -> Self {
        let ActCheck { rule, holds, saw, derogation } = check.clone();
        Self { rule, holds, saw, derogation }
    }
}

impl From<CheckColumn> for ActCheck {
    fn from(check: CheckColumn) -> Self {
        let CheckColumn { rule, holds, saw, derogation } = check;
        Self { rule, holds, saw, derogation }
    }
}

impl TryFrom<&Act> for ActRow {
    type Error = StoreFault;

    fn try_from(new: &Act) -> Result<Self, StoreFault> {
        let checks = new.checks.iter().map(CheckColumn::from).collect::<Vec<_>>();
        Ok(Self {
            at: instant_text(new.at),
            acted_by: new.by.to_string(),
            area: new.area.to_string(),
            about: new.about.clone(),
            act: new.act.clone(),
            from_state: new.from.clone(),
            to_state: new.to.clone(),
            reason: text(new.reason.as_ref()),
            detail: new.detail.clone(),
            checks: serde_json::to_string(&checks).map_err(|error| TABLE.corrupt("checks", &error))?,
        })
    }
}

impl TryFrom<ActRow> for Act {
    type Error = StoreFault;

    fn try_from(row: ActRow) -> Result<Self, StoreFault> {
        let checks = serde_json::from_str::<Vec<CheckColumn>>(&row.checks);
        let checks = checks.map_err(|error| TABLE.corrupt("checks", &error))?;
        Ok(Self {
            at: TABLE.instant("at", &row.at)?,
            by: TABLE.value("acted_by", &row.acted_by)?,
            area: TABLE.value("area", &row.area)?,
            about: row.about,
            act: row.act,
            from: row.from_state,
            to: row.to_state,
            reason: TABLE.optional("reason", row.reason.as_deref())?,
            detail: row.detail,
            checks: checks.into_iter().map(ActCheck::from).collect(),
        })
    }
}

/// Appends an act; returns its number.
///
/// # Errors
/// When the database fails.
pub fn record(connection: &mut Connection, act: &Act) -> Result<i64, StoreFault> {
    diesel::insert_into(acts::table).values(ActRow::try_from(act)?).execute(connection)?;
    last_id(connection)
}

/// Appends acts, in their order.
///
/// # Errors
/// When the database fails.
pub fn record_all(connection: &mut Connection, new: &[Act]) -> Result<(), StoreFault> {
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(ActRow::try_from).collect::<Result<Vec<_>, _>>()?;
        insert_rows!(connection, acts::table, rows)?;
    }
    Ok(())
}

/// Loads the acts of an area about any of these, the first one first.
///
/// # Errors
/// When the database fails.
pub fn about(connection: &mut Connection, area: ActArea, abouts: &[String]) -> Result<Vec<Act>, StoreFault> {
    let mut found = Vec::new();
    for batch in abouts.chunks(BATCH) {
        let rows = acts::table
            .filter(acts::area.eq(area.as_str()))
            .filter(acts::about.eq_any(batch))
            .order(acts::id)
            .select(ActRow::as_select());
        found.extend(rows.load::<ActRow>(connection)?);
    }
    found.into_iter().map(Act::try_from).collect()
}

/// Loads a page of the acts that fit.
///
/// # Errors
/// When the database fails.
pub fn page(
    connection: &mut Connection,
    filter: &ActFilter,
    order: ListOrder,
    page: PageRequest,
) -> Result<Paged<KeyedAct>, StoreFault> {
    let mut query = acts::table
        .select((acts::id, ActRow::as_select()))
        .limit(page.one_more())
        .into_boxed::<<Connection as diesel::Connection>::Backend>();
    query = match order {
        ListOrder::OldestFirst => query.filter(acts::id.gt(page.after())).order(acts::id.asc()),
        ListOrder::NewestFirst => query.filter(acts::id.lt(page.before())).order(acts::id.desc()),
    };
    if let Some(area) = filter.area {
        query = query.filter(acts::area.eq(area.as_str()));
    }
    if let Some(about) = &filter.about {
        query = query.filter(acts::about.eq(about));
    }
    let rows = query.load::<(i64, ActRow)>(connection)?;
    let keyed = |(id, row)| Ok((id, KeyedAct { id, act: Act::try_from(row)? }));
    Ok(Paged::new(rows.into_iter().map(keyed).collect::<Result<_, StoreFault>>()?, page))
}
