//! changes.csv: an import adds changes, or replaces those with the same ID.

use std::{collections::BTreeSet, io::Write};

use serde::{Deserialize, Serialize};

use super::rows;
use crate::{
    db::{Connection, StoreFault},
    domain::{ChangeRecord, Now, parse_date},
    rules::change_record::failure_explained,
    store::{
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet,
            cells, import_whole, refuse_duplicates, write,
        },
        stored::text,
    },
};

/// One line of changes.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct ChangeLine {
    change_id: String,
    reference: String,
    implemented_on: String,
    title: String,
    provider: String,
    outcome: String,
    incident_category: String,
    effect: String,
    lesson: String,
}

impl From<&ChangeRecord> for ChangeLine {
    fn from(change: &ChangeRecord) -> Self {
        let optional = |value: Option<String>| value.unwrap_or_default();
        Self {
            change_id: change.id.to_string(),
            reference: optional(text(change.window.as_ref())),
            implemented_on: optional(text(change.implemented_on.as_ref())),
            title: change.title.to_string(),
            provider: change.provider.to_string(),
            outcome: optional(text(change.outcome.as_ref())),
            incident_category: optional(text(change.incident.as_ref())),
            effect: optional(text(change.effect.as_ref())),
            lesson: optional(text(change.lesson.as_ref())),
        }
    }
}

impl Sheet for ChangeLine {
    const COLUMNS: &'static [&'static str] = &[
        "change_id",
        "reference",
        "implemented_on",
        "title",
        "provider",
        "outcome",
        "incident_category",
        "effect",
        "lesson",
    ];
    const REQUIRED: &'static [&'static str] = &["change_id", "title", "provider"];
    type Value = ChangeRecord;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ChangeRecord> {
        let id = fields.required("change_id", &self.change_id);
        let window = fields.optional("reference", &self.reference);
        let implemented_on = fields.optional_by("implemented_on", &self.implemented_on, parse_date);
        let title = fields.required("title", &self.title);
        let provider = fields.required("provider", &self.provider);
        let outcome = fields.optional("outcome", &self.outcome);
        let incident = fields.optional("incident_category", &self.incident_category);
        let effect = fields.optional("effect", &self.effect);
        let lesson = fields.optional("lesson", &self.lesson);
        let change = ChangeRecord {
            id: id?,
            window: window?,
            implemented_on: implemented_on?,
            title: title?,
            provider: provider?,
            outcome: outcome?,
            incident: incident?,
            effect: effect?,
            lesson: lesson?,
        };
        check(&change, fields);
        Some(change)
    }

    fn compare(lines: &[Line<ChangeRecord>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "change_id", |one| Some((one.id.clone(), one.id.to_string())));
    }
}

/// PM/z, at each column that lacks.
fn check(change: &ChangeRecord, fields: &mut Fields<'_>) {
    let explained = failure_explained(change);
    if explained.holds {
        return;
    }
    let (rule, requires) = (explained.rule.id, explained.rule.requires);
    for (column, is_there) in [("effect", change.effect.is_some()), ("lesson", change.lesson.is_some())] {
        if !is_there {
            fields.fault(column, "", format!("{rule}: required: {requires}; found: {}", explained.saw));
        }
    }
}

impl CsvKind for ChangeLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&rows::all(connection)?, to)
    }
}

impl WriteSheet for ChangeLine {
    fn changes(connection: &mut Connection, values: &[ChangeRecord]) -> Result<Changes, StoreFault> {
        let named = values.iter().map(|value| &value.id).collect::<BTreeSet<_>>();
        let before = rows::all(connection)?;
        let before = before.into_iter().filter(|one| named.contains(&one.id)).collect::<Vec<_>>();
        let key = |change: &ChangeRecord| change.id.to_string();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |value| cells(&Self::from(value))))
    }

    fn write(
        connection: &mut Connection,
        values: &[ChangeRecord],
        _now: Now,
    ) -> Result<Consequences, StoreFault> {
        rows::replace(connection, values).map(|()| Consequences::default())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Kind, testing::TempStore};

    /// SERVICE.md 6, PM/z, MP092-R32: a failed change without lesson or effect is a fault there, and nothing of the file is kept.
    #[test]
    fn mp092_r32_pm_z_a_failed_change_says_what_was_learned() {
        let temp = TempStore::with_fixtures();
        let before = temp.dump(Kind::Changes);
        let bad = "change_id,title,provider,outcome,incident_category,effect,lesson,reference,implemented_on\n\
            F-1,Release,DSP,failed,,minimal,,,\n\
            F-2,Release,DSP,failed,,,Test it first,,\n\
            F-3,Release,DSP,failed,,,,,\n\
            F-4,Release,Nobody,gone,5,big,,CHG 1,2026-02-30\n\
            F-5,,DSP,,,,,,\n\
            C-9,Release,DCC,success,,,,,\n\
            C-9,Release,DCC,success,,,,,\n";
        insta::assert_snapshot!(temp.load(Kind::Changes, bad).unwrap_err(), @"
        line 2, column `lesson`: PM/z: required: a change that failed has its effect, and what was learned; found: failed, effect given, lesson missing
        line 3, column `effect`: PM/z: required: a change that failed has its effect, and what was learned; found: failed, effect missing, lesson given
        line 4, column `effect`: PM/z: required: a change that failed has its effect, and what was learned; found: failed, effect missing, lesson missing
        line 4, column `lesson`: PM/z: required: a change that failed has its effect, and what was learned; found: failed, effect missing, lesson missing
        line 5, column `reference`: `CHG 1` is not a reference: 1 to 40 of A-Z, a-z, 0-9, `.`, `_` and `-`
        line 5, column `implemented_on`: `2026-02-30` is not a date like `2026-01-31`
        line 5, column `provider`: `Nobody` is not a provider: one of DSP, CSP North, CSP Central & South, S1SP, DCO, DCC
        line 5, column `outcome`: `gone` is not an outcome of a change: one of success, failed
        line 5, column `incident_category`: `5` is not a category of incidents: one of 1, 2, 3, 4
        line 5, column `effect`: `big` is not an effect of a change: one of none, minimal, significant
        line 6, column `title`: empty, but must be a title of a change: 1 to 250 characters that XML can carry
        line 8, column `change_id`: `C-9` is on line 7 too
        ");
        assert_eq!(temp.dump(Kind::Changes), before);
        let later = "change_id,title,provider,outcome\nC-1,DSP release 12.1,DSP,success\n";
        temp.load(Kind::Changes, later).unwrap();
        let after = temp.dump(Kind::Changes);
        assert_eq!(
            after.lines().count(),
            before.lines().count(),
            "only the changes that it names are replaced"
        );
        assert!(after.contains("\nC-1,,,DSP release 12.1,DSP,success,,,\n"), "{after}");
    }
}
