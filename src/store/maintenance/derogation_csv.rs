//! derogations.csv: a file replaces the whole list.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::{columns::joined, derogation_rows};
use crate::{
    db::{Connection, StoreFault},
    domain::{Now, maintenance::Derogation, parse_date},
    store::csv::{
        Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet, cells,
        import_whole, refuse_duplicates, write,
    },
};

/// One line of derogations.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct DerogationLine {
    derogation_id: String,
    rules: String,
    references: String,
    from_date: String,
    to_date: String,
    reason: String,
    source: String,
}

impl From<&Derogation> for DerogationLine {
    fn from(derogation: &Derogation) -> Self {
        let Derogation { id, rules, references, from, to, reason, source } = derogation;
        Self {
            derogation_id: id.to_string(),
            rules: joined(rules),
            references: joined(references),
            from_date: from.to_string(),
            to_date: to.to_string(),
            reason: reason.to_string(),
            source: source.to_string(),
        }
    }
}

impl Sheet for DerogationLine {
    const COLUMNS: &'static [&'static str] =
        &["derogation_id", "rules", "references", "from_date", "to_date", "reason", "source"];
    const REQUIRED: &'static [&'static str] =
        &["derogation_id", "rules", "from_date", "to_date", "reason", "source"];
    type Value = Derogation;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Derogation> {
        let id = fields.required("derogation_id", &self.derogation_id);
        let rules = fields.list("rules", &self.rules);
        let references = fields.list("references", &self.references);
        let from = fields.required_by("from_date", &self.from_date, parse_date);
        let to = fields.required_by("to_date", &self.to_date, parse_date);
        let reason = fields.required("reason", &self.reason);
        let source = fields.required("source", &self.source);
        let (from, to) = (from?, to?);
        let derogation = Derogation {
            id: id?,
            rules: rules?.into_iter().collect(),
            references: references?.into_iter().collect(),
            from,
            to,
            reason: reason?,
            source: source?,
        };
        if derogation.rules.is_empty() {
            fields.fault("rules", &self.rules, "empty, but must name rules like `PM/f`");
        }
        if to < from {
            fields.fault("to_date", &self.to_date, "is before from_date");
        }
        Some(derogation)
    }

    fn compare(lines: &[Line<Derogation>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "derogation_id", |one| Some((one.id.clone(), one.id.to_string())));
    }
}

impl CsvKind for DerogationLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&derogation_rows::all(connection)?, to)
    }
}

impl WriteSheet for DerogationLine {
    const REPLACES_ALL: bool = true;

    fn changes(connection: &mut Connection, values: &[Derogation]) -> Result<Changes, StoreFault> {
        let before = derogation_rows::all(connection)?;
        let key = |derogation: &Derogation| derogation.id.to_string();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |value| cells(&Self::from(value))))
    }

    fn write(
        connection: &mut Connection,
        values: &[Derogation],
        _now: Now,
    ) -> Result<Consequences, StoreFault> {
        derogation_rows::replace(connection, values).map(|()| Consequences::default())
    }
}
