//! maintenance.csv: an import adds windows, or replaces what is planned of those with the same reference.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use serde::{Deserialize, Serialize};

use super::{
    PlanColumns,
    plans::{self, SavedPlan},
    windows,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Act, ActArea, ActorName, Malformed, Now, maintenance::MaintenanceWindow},
    store::{
        act,
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Origin, Sheet,
            WriteSheet, cells, import_whole, refuse_duplicates, write,
        },
    },
};

/// One line of maintenance.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::store) struct WindowLine(pub(super) PlanColumns);

impl From<&MaintenanceWindow> for WindowLine {
    fn from(window: &MaintenanceWindow) -> Self {
        Self(window.into())
    }
}

impl Sheet for WindowLine {
    const COLUMNS: &'static [&'static str] = PlanColumns::NAMES;
    const REQUIRED: &'static [&'static str] = &["reference", "starts_at", "ends_at"];
    type Value = MaintenanceWindow;

    fn read(&self, fields: &mut Fields<'_>) -> Option<MaintenanceWindow> {
        self.0.window(fields)
    }

    fn compare(lines: &[Line<MaintenanceWindow>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "reference", |one| {
            Some((one.reference.clone(), one.reference.to_string()))
        });
    }
}

impl CsvKind for WindowLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&windows::all(connection)?, to)
    }
}

impl WriteSheet for WindowLine {
    /// What is closed or withdrawn stays as it is (SERVICE.md 6).
    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<MaintenanceWindow>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let named = lines.iter().map(|line| &line.value.reference).collect::<BTreeSet<_>>();
        let stored = windows::of_references(connection, &named)?;
        let over = stored
            .into_iter()
            .filter(MaintenanceWindow::is_over)
            .map(|window| (window.reference, window.state))
            .collect::<BTreeMap<_, _>>();
        for Line { number, value } in lines {
            if let Some(state) = over.get(&value.reference) {
                faults.in_value(*number, "reference", value.reference.as_str(), format!("is {state}"));
            }
        }
        Ok(())
    }

    fn changes(connection: &mut Connection, values: &[MaintenanceWindow]) -> Result<Changes, StoreFault> {
        let named = values.iter().map(|value| &value.reference).collect::<BTreeSet<_>>();
        let before = windows::of_references(connection, &named)?;
        let key = |window: &MaintenanceWindow| window.reference.to_string();
        let before = before.iter().map(plan_alone).collect::<Vec<_>>();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |value| cells(&Self::from(value))))
    }

    fn write(
        connection: &mut Connection,
        values: &[MaintenanceWindow],
        _now: Now,
    ) -> Result<Consequences, StoreFault> {
        plans::save_plans(connection, values).map(|_| Consequences::default())
    }

    /// Each window that the file changes has an act of its own, as where one is saved by itself (SERVICE.md 1).
    fn write_from(
        connection: &mut Connection,
        values: &[MaintenanceWindow],
        origin: &Origin,
        now: Now,
    ) -> Result<Consequences, StoreFault> {
        let saved = plans::save_plans(connection, values)?;
        let by = importer(origin)?;
        let act = |SavedPlan { reference, from, to }: &SavedPlan| Act {
            from: from.map(|state| state.to_string()),
            to: Some(to.to_string()),
            detail: Some(format!("import of {}", origin.name)),
            ..Act::new(ActArea::Maintenance, reference, "saved", by.clone(), now.0)
        };
        act::record_all(connection, &saved.iter().map(act).collect::<Vec<_>>())?;
        Ok(Consequences::default())
    }
}

/// Who imported a file: a person, or a program, which has no name.
fn importer(origin: &Origin) -> Result<ActorName, StoreFault> {
    let by = origin.by.as_deref().unwrap_or("import");
    by.parse().map_err(|reason: Malformed| StoreFault::Corrupt {
        table: "acts",
        column: "acted_by",
        reason: reason.to_string(),
    })
}

/// A window as a file says it, to be compared with one.
fn plan_alone(window: &MaintenanceWindow) -> MaintenanceWindow {
    MaintenanceWindow::draft(window.reference.clone(), window.plan.clone())
}
