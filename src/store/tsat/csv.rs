//! The CSV of the TS Applicability Tables, `tsat.csv`: a file replaces the versions that it names, each whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use super::rows::{self, TsatEntry, TsatLine};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Date, Now, TsatVersion, parse_date,
        tsat::{Row, Tables},
    },
    store::csv::{
        Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet, cells,
        import_whole, refuse_duplicates, write,
    },
};

impl Sheet for TsatLine {
    const COLUMNS: &'static [&'static str] = &[
        "version",
        "effective_from",
        "specification",
        "spec_version",
        "gbcs_version",
        "install_from",
        "install_to",
        "ppm_install_to",
        "maintain_from",
        "maintain_to",
        "operate_from",
        "operate_to",
        "security",
        "note",
    ];
    const REQUIRED: &'static [&'static str] = &[
        "version",
        "effective_from",
        "specification",
        "spec_version",
        "gbcs_version",
        "install_from",
        "install_to",
        "ppm_install_to",
        "maintain_from",
        "maintain_to",
        "operate_from",
        "operate_to",
    ];
    type Value = TsatEntry;

    fn read(&self, fields: &mut Fields<'_>) -> Option<TsatEntry> {
        let version = fields.required("version", &self.version);
        let effective_from = fields.required_by("effective_from", &self.effective_from, parse_date);
        let row = Row::read(|column| self.cell(column));
        let row = row.map_err(|faults| {
            for fault in faults {
                fields.fault(fault.column.as_str(), &fault.value, fault.reason);
            }
        });
        Some(TsatEntry { version: version?, effective_from: effective_from?, row: row.ok()? })
    }

    /// A row stands once in a version, a version has one first day, and no other version has the same.
    fn compare(lines: &[Line<TsatEntry>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "spec_version", |entry| {
            Some(((entry.version.clone(), entry.row.key().clone()), entry.key()))
        });
        let mut of_version = BTreeMap::new();
        let mut of_day = BTreeMap::new();
        for Line { number, value } in lines {
            let TsatEntry { version, effective_from, row: _ } = value;
            let (first_line, day) = *of_version.entry(version).or_insert((*number, *effective_from));
            if day != *effective_from {
                let reason = format!("version `{version}` is in force from `{day}` by line {first_line}");
                faults.in_value(*number, EFFECTIVE_FROM, &effective_from.to_string(), reason);
                continue;
            }
            let (first, other) = *of_day.entry(*effective_from).or_insert((*number, version));
            // What is wrong with all lines of a version is told of its first one.
            if other != version && first_line == *number {
                let reason = format!("version `{other}` is in force from this day by line {first}");
                faults.in_value(*number, EFFECTIVE_FROM, &effective_from.to_string(), reason);
            }
        }
    }
}

const EFFECTIVE_FROM: &str = "effective_from";

impl CsvKind for TsatLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&rows::all(connection)?, to)
    }
}

impl WriteSheet for TsatLine {
    /// No other version that holds has the same first day, imported or shipped.
    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<TsatEntry>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        let tables = rows::tables(connection)?;
        let named = lines.iter().map(|line| &line.value.version).collect::<BTreeSet<_>>();
        let others = others(&tables, &named);
        let mut told = BTreeSet::new();
        for Line { number, value: TsatEntry { version, effective_from, row: _ } } in lines {
            if let Some(other) = others.get(effective_from)
                && told.insert(version)
            {
                let reason = format!("version `{other}` is in force from this day");
                faults.in_value(*number, EFFECTIVE_FROM, &effective_from.to_string(), reason);
            }
        }
        Ok(())
    }

    fn changes(connection: &mut Connection, values: &[TsatEntry]) -> Result<Changes, StoreFault> {
        let named = values.iter().map(|entry| &entry.version).collect::<BTreeSet<_>>();
        let mut before = rows::all(connection)?;
        before.retain(|entry| named.contains(&entry.version));
        let cells = |entry: &TsatEntry| cells(&Self::from(entry));
        Ok(Changes::between(&before, values, TsatEntry::key, Self::COLUMNS, cells))
    }

    fn write(connection: &mut Connection, values: &[TsatEntry], _: Now) -> Result<Consequences, StoreFault> {
        rows::replace(connection, values)?;
        Ok(Consequences::default())
    }
}

/// The versions that a file does not name, by their first days.
fn others<'t>(tables: &'t Tables, named: &BTreeSet<&TsatVersion>) -> BTreeMap<Date, &'t TsatVersion> {
    let others = tables.all().iter().filter(|table| !named.contains(table.version()));
    others.map(|table| (table.effective_from(), table.version())).collect()
}
