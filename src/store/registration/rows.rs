//! Registrations: rows and named queries.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, on_either},
    domain::{Eui64, Mpxn, Registration, Role, instant_text},
    store::{
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    registrations (mpxn, role, effective_from) {
        mpxn -> Text,
        role -> Text,
        user_id -> Text,
        effective_from -> Text,
        effective_to -> Nullable<Text>,
    }
}

pub(super) const TABLE: Table = Table("registrations");

#[derive(Queryable, Selectable)]
#[diesel(table_name = registrations)]
pub(super) struct RegistrationRow {
    pub(super) mpxn: String,
    pub(super) role: String,
    pub(super) user_id: String,
    pub(super) effective_from: String,
    pub(super) effective_to: Option<String>,
}

impl From<&Registration> for RegistrationRow {
    fn from(registration: &Registration) -> Self {
        let Registration { mpxn, role, user, from, to } = registration;
        Self {
            mpxn: mpxn.to_string(),
            role: role.to_string(),
            user_id: user.to_string(),
            effective_from: instant_text(*from),
            effective_to: text(to.map(instant_text).as_ref()),
        }
    }
}

impl TryFrom<RegistrationRow> for Registration {
    type Error = StoreFault;

    fn try_from(row: RegistrationRow) -> Result<Self, StoreFault> {
        let RegistrationRow { mpxn, role, user_id, effective_from, effective_to } = row;
        let to = effective_to.map(|to| TABLE.instant("effective_to", &to)).transpose()?;
        Ok(Self {
            mpxn: TABLE.value("mpxn", &mpxn)?,
            role: TABLE.value("role", &role)?,
            user: TABLE.value("user_id", &user_id)?,
            from: TABLE.instant("effective_from", &effective_from)?,
            to,
        })
    }
}

/// Loads every registration, past and future too, of an Import, Export or Gas Supplier of a supply point, by role and time.
pub(in crate::store) fn suppliers(
    connection: &mut Connection,
    mpxn: &Mpxn,
) -> Result<Vec<Registration>, StoreFault> {
    let rows = registrations::table.filter(registrations::mpxn.eq(mpxn.as_str()));
    let rows = on_either!(connection, |inner| rows.select(RegistrationRow::as_select()).load(inner))?;
    suppliers_among(rows)
}

/// Loads what [`suppliers`] does for several supply points by one query. A supply point without a Supplier has an empty list, which
/// can be cached too.
pub(in crate::store) fn suppliers_of_all(
    connection: &mut Connection,
    mpxns: BTreeSet<Mpxn>,
) -> Result<BTreeMap<Mpxn, Vec<Registration>>, StoreFault> {
    let names = mpxns.iter().map(Mpxn::as_str).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = registrations::table.filter(registrations::mpxn.eq_any(names));
        rows.select(RegistrationRow::as_select()).load(inner)
    })?;
    let mut found = mpxns.into_iter().map(|mpxn| (mpxn, Vec::new())).collect::<BTreeMap<_, _>>();
    for registration in suppliers_among(rows)? {
        found.entry(registration.mpxn.clone()).or_default().push(registration);
    }
    Ok(found)
}

/// Filters rows by role and sorts them by role and time. Not in SQL: a server's planner may scan all registrations of the roles then,
/// or scan in that order, instead of using the index of supply points. One supply point has few rows.
fn suppliers_among(rows: Vec<RegistrationRow>) -> Result<Vec<Registration>, StoreFault> {
    let is_supplier = |role: &str| [Role::IS, Role::ES, Role::GS].iter().any(|known| known.as_str() == role);
    let mut rows = rows.into_iter().filter(|row| is_supplier(&row.role)).collect::<Vec<_>>();
    rows.sort_by(|a, b| (&a.role, &a.effective_from).cmp(&(&b.role, &b.effective_from)));
    rows.into_iter().map(Registration::try_from).collect()
}

/// The registrations of a supply point in every role, past and future too, by role and time: at most so many.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_mpxn(
    connection: &mut Connection,
    mpxn: &Mpxn,
    limit: u16,
) -> Result<Vec<Registration>, StoreFault> {
    let rows = registrations::table.filter(registrations::mpxn.eq(mpxn.as_str()));
    // Along the primary key, so that a limit stops early.
    let rows = rows.order((registrations::mpxn, registrations::role, registrations::effective_from));
    let rows = rows.limit(limit.into()).select(RegistrationRow::as_select()).load(connection)?;
    let mut found = rows.into_iter().map(Registration::try_from).collect::<Result<Vec<_>, _>>()?;
    // In the order of roles instead of their names: Suppliers come first.
    found.sort_by_key(|registration| (registration.role, registration.from));
    Ok(found)
}

/// Loads every registration in a role for these supply points, past and future too.
pub(in crate::store) fn in_role(
    connection: &mut Connection,
    mpxns: &BTreeSet<Mpxn>,
    role: Role,
) -> Result<Vec<Registration>, StoreFault> {
    let names = mpxns.iter().map(Mpxn::as_str).collect::<Vec<_>>();
    let rows = registrations::table.filter(registrations::mpxn.eq_any(names));
    let rows = rows.select(RegistrationRow::as_select()).load(connection)?;
    // As in `suppliers_among`: the index of supply points finds few rows.
    let in_role = rows.into_iter().filter(|row| row.role == role.as_str());
    in_role.map(Registration::try_from).collect()
}

/// Loads every registration of a User for these supply points, in any role, past and future too.
pub(in crate::store) fn of_user(
    connection: &mut Connection,
    mpxns: &[Mpxn],
    user: Eui64,
) -> Result<Vec<Registration>, StoreFault> {
    let rows = registrations::table.filter(registrations::mpxn.eq_any(mpxns.iter().map(Mpxn::as_str)));
    let rows = rows.select(RegistrationRow::as_select()).load(connection)?;
    // As in `suppliers_among`: the index of supply points finds few rows.
    let user = user.to_string();
    rows.into_iter().filter(|row| row.user_id == user).map(Registration::try_from).collect()
}

/// The number of registrations in a page.
const PAGE_SIZE: i64 = 1_000;

/// Loads a page of all registrations in the order of MPxN, role and time: the first page, or the one after `last`. An empty page
/// is the end.
pub(in crate::store) fn page_after(
    connection: &mut Connection,
    last: Option<&Registration>,
) -> Result<Vec<Registration>, StoreFault> {
    let key = (registrations::mpxn, registrations::role, registrations::effective_from);
    let page = registrations::table.order(key).limit(PAGE_SIZE).select(RegistrationRow::as_select());
    let rows = match last.map(RegistrationRow::from) {
        None => page.load(connection)?,
        Some(RegistrationRow { mpxn, role, effective_from, .. }) => {
            // The first condition follows from the others: with it, the primary key is searched from there instead of scanned.
            let is_behind = registrations::mpxn.ge(mpxn.clone()).and(
                registrations::mpxn.gt(mpxn).or(registrations::role
                    .gt(role.clone())
                    .or(registrations::role.eq(role).and(registrations::effective_from.gt(effective_from)))),
            );
            page.filter(is_behind).load(connection)?
        }
    };
    rows.into_iter().map(Registration::try_from).collect()
}
