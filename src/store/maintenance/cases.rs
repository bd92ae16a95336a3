//! Cases about windows.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault},
    domain::{
        instant_text,
        maintenance::{CaseId, ClosedCase, MaintenanceCase, WindowReference},
    },
    store::{
        device::BATCH,
        last_id::last_id,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    maintenance_cases (id) {
        id -> BigInt,
        reference -> Text,
        kind -> Text,
        party -> Text,
        reasons -> Nullable<Text>,
        opened_at -> Text,
        outcome -> Nullable<Text>,
        outcome_reason -> Nullable<Text>,
        closed_at -> Nullable<Text>,
    }
}

const TABLE: Table = Table("maintenance_cases");

/// A case with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedCase {
    /// The number.
    pub id: CaseId,
    /// The case.
    pub case: MaintenanceCase,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenance_cases, treat_none_as_default_value = false)]
struct CaseRow {
    reference: String,
    kind: String,
    party: String,
    reasons: Option<String>,
    opened_at: String,
    outcome: Option<String>,
    outcome_reason: Option<String>,
    closed_at: Option<String>,
}

impl From<&MaintenanceCase> for CaseRow {
    fn from(case: &MaintenanceCase) -> Self {
        let MaintenanceCase { reference, kind, party, reasons, opened_at, closed } = case;
        let closed = closed.as_ref();
        Self {
            reference: reference.to_string(),
            kind: kind.to_string(),
            party: party.to_string(),
            reasons: text(reasons.as_ref()),
            opened_at: instant_text(*opened_at),
            outcome: closed.map(|closed| closed.outcome.to_string()),
            outcome_reason: closed.map(|closed| closed.reason.to_string()),
            closed_at: closed.map(|closed| instant_text(closed.at)),
        }
    }
}

impl TryFrom<CaseRow> for MaintenanceCase {
    type Error = StoreFault;

    fn try_from(row: CaseRow) -> Result<Self, StoreFault> {
        let outcome = TABLE.optional("outcome", row.outcome.as_deref())?;
        let reason = TABLE.optional("outcome_reason", row.outcome_reason.as_deref())?;
        let at = row.closed_at.map(|at| TABLE.instant("closed_at", &at)).transpose()?;
        let closed = outcome.zip(reason).zip(at);
        Ok(Self {
            reference: TABLE.value("reference", &row.reference)?,
            kind: TABLE.value("kind", &row.kind)?,
            party: TABLE.value("party", &row.party)?,
            reasons: TABLE.optional("reasons", row.reasons.as_deref())?,
            opened_at: TABLE.instant("opened_at", &row.opened_at)?,
            closed: closed.map(|((outcome, reason), at)| ClosedCase { outcome, reason, at }),
        })
    }
}

fn keyed((id, row): (i64, CaseRow)) -> Result<KeyedCase, StoreFault> {
    Ok(KeyedCase { id: TABLE.value("id", &id.to_string())?, case: row.try_into()? })
}

/// Loads the cases about these windows, in the order of their numbers.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_windows<'a>(
    connection: &mut Connection,
    references: impl IntoIterator<Item = &'a WindowReference>,
) -> Result<Vec<KeyedCase>, StoreFault> {
    let references = references.into_iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut found = Vec::new();
    for batch in references.chunks(BATCH) {
        let rows = maintenance_cases::table
            .filter(maintenance_cases::reference.eq_any(batch))
            .order(maintenance_cases::id)
            .select((maintenance_cases::id, CaseRow::as_select()));
        found.extend(rows.load::<(i64, CaseRow)>(connection)?);
    }
    found.sort_unstable_by_key(|(id, _)| *id);
    found.into_iter().map(keyed).collect()
}

/// Finds a case.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find(connection: &mut Connection, id: CaseId) -> Result<Option<KeyedCase>, StoreFault> {
    let row = maintenance_cases::table
        .find(i64::from(id.0.get()))
        .select((maintenance_cases::id, CaseRow::as_select()));
    row.first::<(i64, CaseRow)>(connection).optional()?.map(keyed).transpose()
}

/// Inserts a case; returns its number.
///
/// # Errors
/// When the database fails.
pub fn insert(connection: &mut Connection, case: &MaintenanceCase) -> Result<CaseId, StoreFault> {
    diesel::insert_into(maintenance_cases::table).values(CaseRow::from(case)).execute(connection)?;
    TABLE.value("id", &last_id(connection)?.to_string())
}

/// Closes a case.
///
/// # Errors
/// When the database fails.
pub fn close(connection: &mut Connection, id: CaseId, closed: &ClosedCase) -> Result<(), StoreFault> {
    diesel::update(maintenance_cases::table.find(i64::from(id.0.get())))
        .set((
            maintenance_cases::outcome.eq(Some(closed.outcome.as_str())),
            maintenance_cases::outcome_reason.eq(Some(closed.reason.as_str())),
            maintenance_cases::closed_at.eq(Some(instant_text(closed.at))),
        ))
        .execute(connection)?;
    Ok(())
}
