//! The table of imported versions of the TS Applicability Tables: rows and named queries.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{
        Date, TsatVersion, parse_date,
        tsat::{Column, Row, Table as TsatTable, TableOrigin, Tables},
    },
    store::{stored::Table, table::stored_table},
};

stored_table! {
    tsat (version, specification, spec_version, gbcs_version) {
        version -> Text,
        effective_from -> Text,
        specification -> Text,
        spec_version -> Text,
        gbcs_version -> Text,
        install_from -> Text,
        install_to -> Text,
        ppm_install_to -> Text,
        maintain_from -> Text,
        maintain_to -> Text,
        operate_from -> Text,
        operate_to -> Text,
        security -> Text,
        note -> Text,
    }
}

const TABLE: Table = Table("tsat");

/// A row of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct TsatEntry {
    /// The version.
    pub(in crate::store) version: TsatVersion,
    /// The first day on which the version is in force, the same for all its rows.
    pub(in crate::store) effective_from: Date,
    /// The row.
    pub(in crate::store) row: Row,
}

impl TsatEntry {
    /// What it is about, as text.
    pub(in crate::store) fn key(&self) -> String {
        format!("{}, {}", self.version, self.row.key())
    }
}

/// A row as it is stored, and as it is a line of tsat.csv: both are texts with the same names.
#[derive(Debug, Default, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tsat)]
#[serde(default)]
pub(in crate::store) struct TsatLine {
    pub(super) version: String,
    pub(super) effective_from: String,
    specification: String,
    spec_version: String,
    gbcs_version: String,
    install_from: String,
    install_to: String,
    ppm_install_to: String,
    maintain_from: String,
    maintain_to: String,
    operate_from: String,
    operate_to: String,
    security: String,
    note: String,
}

impl TsatLine {
    pub(super) fn cell(&self, column: Column) -> &str {
        match column {
            Column::Specification => &self.specification,
            Column::SpecVersion => &self.spec_version,
            Column::GbcsVersion => &self.gbcs_version,
            Column::InstallFrom => &self.install_from,
            Column::InstallTo => &self.install_to,
            Column::PpmInstallTo => &self.ppm_install_to,
            Column::MaintainFrom => &self.maintain_from,
            Column::MaintainTo => &self.maintain_to,
            Column::OperateFrom => &self.operate_from,
            Column::OperateTo => &self.operate_to,
            Column::Security => &self.security,
            Column::Note => &self.note,
        }
    }
}

impl From<&TsatEntry> for TsatLine {
    fn from(entry: &TsatEntry) -> Self {
        let TsatEntry { version, effective_from, row } = entry;
        Self {
            version: version.to_string(),
            effective_from: effective_from.to_string(),
            specification: row.cell(Column::Specification),
            spec_version: row.cell(Column::SpecVersion),
            gbcs_version: row.cell(Column::GbcsVersion),
            install_from: row.cell(Column::InstallFrom),
            install_to: row.cell(Column::InstallTo),
            ppm_install_to: row.cell(Column::PpmInstallTo),
            maintain_from: row.cell(Column::MaintainFrom),
            maintain_to: row.cell(Column::MaintainTo),
            operate_from: row.cell(Column::OperateFrom),
            operate_to: row.cell(Column::OperateTo),
            security: row.cell(Column::Security),
            note: row.cell(Column::Note),
        }
    }
}

impl TryFrom<TsatLine> for TsatEntry {
    type Error = StoreFault;

    fn try_from(stored: TsatLine) -> Result<Self, StoreFault> {
        let effective_from = parse_date(&stored.effective_from);
        let row = Row::read(|column| stored.cell(column)).map_err(|faults| {
            let fault = faults.into_iter().next();
            let place = fault.as_ref().map_or("specification", |fault| fault.column.as_str());
            TABLE.corrupt(place, &fault.map(|fault| fault.reason).unwrap_or_default())
        })?;
        Ok(Self {
            version: TABLE.value("version", &stored.version)?,
            effective_from: effective_from.map_err(|fault| TABLE.malformed("effective_from", &fault))?,
            row,
        })
    }
}

/// Loads every imported row: versions in the order in which they are in force, rows in the order of their keys.
pub(in crate::store) fn all(connection: &mut Connection) -> Result<Vec<TsatEntry>, StoreFault> {
    let rows = tsat::table.select(TsatLine::as_select()).load(connection)?;
    let mut entries = rows.into_iter().map(TsatEntry::try_from).collect::<Result<Vec<_>, _>>()?;
    let place = |entry: &TsatEntry| (entry.effective_from, entry.version.clone(), entry.row.key().clone());
    entries.sort_by_cached_key(place);
    Ok(entries)
}

/// Loads the versions that hold: those imported, over those shipped.
///
/// # Errors
/// When the database fails.
pub fn tables(connection: &mut Connection) -> Result<Tables, StoreFault> {
    let mut versions = BTreeMap::<(Date, TsatVersion), Vec<Row>>::new();
    for TsatEntry { version, effective_from, row } in all(connection)? {
        versions.entry((effective_from, version)).or_default().push(row);
    }
    let table = |((from, version), rows)| TsatTable::new(version, from, TableOrigin::Imported, rows);
    Ok(Tables::over_shipped(versions.into_iter().map(table).collect()))
}

/// Replaces the versions of these rows, each whole.
pub(in crate::store) fn replace(connection: &mut Connection, new: &[TsatEntry]) -> Result<(), StoreFault> {
    let versions = new.iter().map(|entry| entry.version.as_str()).collect::<BTreeSet<_>>();
    for version in versions {
        diesel::delete(tsat::table.filter(tsat::version.eq(version))).execute(connection)?;
    }
    let rows = new.iter().map(TsatLine::from).collect::<Vec<_>>();
    insert_rows!(connection, tsat::table, rows)?;
    Ok(())
}
