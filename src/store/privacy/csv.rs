//! assessments.csv: an import adds assessments, or replaces those with the same ID.

use std::{collections::BTreeSet, io::Write};

use serde::{Deserialize, Serialize};

use super::rows;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Now, RegulatoryYear, Step, parse_date,
        privacy::{AssessmentTrigger, PrivacyAssessment},
    },
    rules::privacy::{cost_reasonable, other_user},
    store::{
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet,
            cells, import_whole, refuse_duplicates, write,
        },
        stored::text,
        user,
    },
};

/// One line of assessments.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct AssessmentLine {
    assessment_id: String,
    user_id: String,
    kind: String,
    trigger: String,
    auditor: String,
    raised_on: String,
    started_on: String,
    completed_on: String,
    findings: String,
    cost: String,
    reasonable: String,
}

impl From<&PrivacyAssessment> for AssessmentLine {
    fn from(assessment: &PrivacyAssessment) -> Self {
        let optional = |value: Option<String>| value.unwrap_or_default();
        Self {
            assessment_id: assessment.id.to_string(),
            user_id: assessment.user.to_string(),
            kind: assessment.kind.to_string(),
            trigger: assessment.trigger.to_string(),
            auditor: optional(text(assessment.auditor.as_ref())),
            raised_on: assessment.raised_on.to_string(),
            started_on: optional(text(assessment.started_on.as_ref())),
            completed_on: optional(text(assessment.completed_on.as_ref())),
            findings: optional(text(assessment.findings.as_ref())),
            cost: optional(text(assessment.cost.as_ref())),
            reasonable: optional(text(assessment.reasonable.as_ref())),
        }
    }
}

impl Sheet for AssessmentLine {
    const COLUMNS: &'static [&'static str] = &[
        "assessment_id",
        "user_id",
        "kind",
        "trigger",
        "auditor",
        "raised_on",
        "started_on",
        "completed_on",
        "findings",
        "cost",
        "reasonable",
    ];
    const REQUIRED: &'static [&'static str] = &["assessment_id", "user_id", "kind", "trigger", "raised_on"];
    type Value = PrivacyAssessment;

    fn read(&self, fields: &mut Fields<'_>) -> Option<PrivacyAssessment> {
        let id = fields.required("assessment_id", &self.assessment_id);
        let user = fields.required("user_id", &self.user_id);
        let kind = fields.required("kind", &self.kind);
        let trigger = fields.required("trigger", &self.trigger);
        let auditor = fields.optional("auditor", &self.auditor);
        let raised_on = fields.required_by("raised_on", &self.raised_on, parse_date);
        let started_on = fields.optional_by("started_on", &self.started_on, parse_date);
        let completed_on = fields.optional_by("completed_on", &self.completed_on, parse_date);
        let findings = fields.optional("findings", &self.findings);
        let cost = fields.optional("cost", &self.cost);
        let reasonable = fields.optional("reasonable", &self.reasonable);
        let raised_on = raised_on?;
        let assessment = PrivacyAssessment {
            id: id?,
            user: user?,
            kind: kind?,
            trigger: trigger?,
            auditor: auditor?,
            for_year: RegulatoryYear::of(raised_on),
            raised_on,
            started_on: started_on?,
            completed_on: completed_on?,
            findings: findings?,
            cost: cost?,
            reasonable: reasonable?,
        };
        check(&assessment, self, fields);
        Some(assessment)
    }

    fn compare(lines: &[Line<PrivacyAssessment>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "assessment_id", |one| Some((one.id.clone(), one.id.to_string())));
        refuse_duplicates(lines, faults, "trigger", |one| {
            let (user, year) = (one.user, one.financial_year());
            let key = (one.trigger == AssessmentTrigger::Threshold).then_some((user, year));
            key.map(|key| (key, format!("threshold, {user}, year {year}")))
        });
    }
}

/// Checks values against each other: the order of the dates, and PA/e.
fn check(assessment: &PrivacyAssessment, line: &AssessmentLine, fields: &mut Fields<'_>) {
    let begun = assessment.started_on.unwrap_or(assessment.raised_on);
    if assessment.started_on.is_some_and(|started| started < assessment.raised_on) {
        fields.fault("started_on", &line.started_on, "is before raised_on");
    }
    if assessment.completed_on.is_some_and(|completed| completed < begun) {
        fields.fault("completed_on", &line.completed_on, "is before the assessment began");
    }
    let reasonable = cost_reasonable(assessment);
    if !reasonable.holds {
        fields.fault("reasonable", &line.reasonable, broken(&reasonable));
    }
}

fn broken(Step { rule, saw, .. }: &Step) -> String {
    format!("{}: required: {}; found: {saw}", rule.id, rule.requires)
}

impl CsvKind for AssessmentLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&rows::all(connection)?, to)
    }
}

impl WriteSheet for AssessmentLine {
    /// PA/a, and one that the threshold raised for each User and year.
    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<PrivacyAssessment>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let named = lines.iter().map(|line| line.value.user).collect::<BTreeSet<_>>();
        let users = user::find_all(connection, &named)?;
        for Line { number, value } in lines {
            let found = users.get(&value.user).and_then(Option::as_ref).map(other_user);
            let reason = match found {
                None => "is no User that is known".to_owned(),
                Some(step) if step.holds => continue,
                Some(step) => broken(&step),
            };
            faults.in_value(*number, "user_id", &value.user.to_string(), reason);
        }
        refuse_second_of_year(connection, lines, faults)
    }

    fn changes(connection: &mut Connection, values: &[PrivacyAssessment]) -> Result<Changes, StoreFault> {
        let named = values.iter().map(|value| &value.id).collect::<BTreeSet<_>>();
        let before = rows::all(connection)?;
        let before = before.into_iter().filter(|one| named.contains(&one.id)).collect::<Vec<_>>();
        let key = |assessment: &PrivacyAssessment| assessment.id.to_string();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |value| cells(&Self::from(value))))
    }

    fn write(
        connection: &mut Connection,
        values: &[PrivacyAssessment],
        _now: Now,
    ) -> Result<Consequences, StoreFault> {
        let stored = rows::all(connection)?;
        let kept =
            |one: &PrivacyAssessment| PrivacyAssessment { for_year: for_year(one, &stored), ..one.clone() };
        let values = values.iter().map(kept).collect::<Vec<_>>();
        rows::replace(connection, &values).map(|()| Consequences::default())
    }
}

/// Refuses a second assessment that the threshold raised for a User and year, where the first one has another ID.
fn refuse_second_of_year(
    connection: &mut Connection,
    lines: &[Line<PrivacyAssessment>],
    faults: &mut Faults,
) -> Result<(), StoreFault> {
    let is_of_threshold = |one: &PrivacyAssessment| one.trigger == AssessmentTrigger::Threshold;
    let stored = rows::all(connection)?;
    for Line { number, value } in lines.iter().filter(|line| is_of_threshold(&line.value)) {
        let year = for_year(value, &stored);
        let is_other =
            |one: &&PrivacyAssessment| one.user == value.user && one.for_year == year && one.id != value.id;
        if let Some(other) = stored.iter().filter(|one| is_of_threshold(one)).find(is_other) {
            let reason =
                format!("the threshold raised `{}` for this User and the year {year} already", other.id);
            faults.in_value(*number, "trigger", value.trigger.as_str(), reason);
        }
    }
    Ok(())
}

/// The year that a line is for, which the file does not say: that of the assessment it replaces, else the one it was raised in.
fn for_year(line: &PrivacyAssessment, stored: &[PrivacyAssessment]) -> RegulatoryYear {
    stored.iter().find(|one| one.id == line.id).map_or_else(|| line.financial_year(), |one| one.for_year)
}
