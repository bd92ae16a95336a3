//! Privacy assessments: rows and named queries.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{Pence, privacy::PrivacyAssessment},
    store::{
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    privacy_assessments (assessment_id) {
        assessment_id -> Text,
        user_id -> Text,
        kind -> Text,
        trigger -> Text,
        financial_year -> Text,
        auditor -> Nullable<Text>,
        raised_on -> Text,
        started_on -> Nullable<Text>,
        completed_on -> Nullable<Text>,
        findings -> Nullable<Text>,
        cost_pence -> Nullable<BigInt>,
        reasonable -> Nullable<Text>,
    }
}

const TABLE: Table = Table("privacy_assessments");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = privacy_assessments, treat_none_as_default_value = false)]
struct AssessmentRow {
    assessment_id: String,
    user_id: String,
    kind: String,
    trigger: String,
    financial_year: String,
    auditor: Option<String>,
    raised_on: String,
    started_on: Option<String>,
    completed_on: Option<String>,
    findings: Option<String>,
    cost_pence: Option<i64>,
    reasonable: Option<String>,
}

impl From<&PrivacyAssessment> for AssessmentRow {
    fn from(assessment: &PrivacyAssessment) -> Self {
        let PrivacyAssessment {
            id,
            user,
            kind,
            trigger,
            for_year,
            auditor,
            raised_on,
            started_on,
            completed_on,
            findings,
            cost,
            reasonable,
        } = assessment;
        Self {
            assessment_id: id.to_string(),
            user_id: user.to_string(),
            kind: kind.to_string(),
            trigger: trigger.to_string(),
            financial_year: for_year.to_string(),
            auditor: text(auditor.as_ref()),
            raised_on: raised_on.to_string(),
            started_on: text(started_on.as_ref()),
            completed_on: text(completed_on.as_ref()),
            findings: text(findings.as_ref()),
            cost_pence: cost.map(|cost| cost.pence().get()),
            reasonable: text(reasonable.as_ref()),
        }
    }
}

impl TryFrom<AssessmentRow> for PrivacyAssessment {
    type Error = StoreFault;

    fn try_from(row: AssessmentRow) -> Result<Self, StoreFault> {
        Ok(Self {
            id: TABLE.value("assessment_id", &row.assessment_id)?,
            user: TABLE.value("user_id", &row.user_id)?,
            kind: TABLE.value("kind", &row.kind)?,
            trigger: TABLE.value("trigger", &row.trigger)?,
            for_year: TABLE.value("financial_year", &row.financial_year)?,
            auditor: TABLE.optional("auditor", row.auditor.as_deref())?,
            raised_on: TABLE.day("raised_on", &row.raised_on)?,
            started_on: TABLE.date("started_on", row.started_on.as_deref())?,
            completed_on: TABLE.date("completed_on", row.completed_on.as_deref())?,
            findings: TABLE.optional("findings", row.findings.as_deref())?,
            cost: row.cost_pence.map(|pence| Pence::new(pence).into()),
            reasonable: TABLE.optional("reasonable", row.reasonable.as_deref())?,
        })
    }
}

/// Loads every assessment, in the order of the IDs.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<PrivacyAssessment>, StoreFault> {
    let rows = privacy_assessments::table
        .order(privacy_assessments::assessment_id)
        .select(AssessmentRow::as_select())
        .load(connection)?;
    rows.into_iter().map(PrivacyAssessment::try_from).collect()
}

/// Inserts an assessment.
///
/// # Errors
/// When the database fails.
pub fn insert(connection: &mut Connection, assessment: &PrivacyAssessment) -> Result<(), StoreFault> {
    insert_rows!(connection, privacy_assessments::table, vec![AssessmentRow::from(assessment)])?;
    Ok(())
}

/// Puts assessments in the place of those with the same IDs.
pub(super) fn replace(
    connection: &mut Connection,
    assessments: &[PrivacyAssessment],
) -> Result<(), StoreFault> {
    for batch in assessments.chunks(BATCH) {
        let ids = batch.iter().map(|assessment| assessment.id.to_string());
        diesel::delete(privacy_assessments::table.filter(privacy_assessments::assessment_id.eq_any(ids)))
            .execute(connection)?;
        let rows = batch.iter().map(AssessmentRow::from).collect::<Vec<_>>();
        insert_rows!(connection, privacy_assessments::table, rows)?;
    }
    Ok(())
}
