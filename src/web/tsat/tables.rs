//! A version of the tables, with what is printed around it.

use serde::Serialize;

use super::as_map::as_map;
use crate::{
    domain::{
        Date,
        tsat::{
            Column, FOOTNOTE, HEADING, NOTES, PeriodEnd, Row, SmetsDocument, Specification, Table, Tables,
            VERSIONS_BY_DOCUMENT,
        },
    },
    web::csv_text::csv_text,
};

/// The tables as at a day, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownTables {
    /// The day.
    pub as_at: String,
    /// The version in force; null where none was.
    pub version: Option<String>,
    /// The first day on which it is in force.
    pub effective_from: Option<String>,
    /// All versions, in the order in which they are in force.
    pub versions: Vec<ShownTsatVersion>,
    /// Which versions stand in which SMETS document (MP139-T1).
    pub versions_by_document: Vec<ShownDocumentVersions>,
    /// The heading of the tables.
    pub heading: &'static str,
    /// The footnote of the heading.
    pub footnote: &'static str,
    /// The rows.
    pub rows: Vec<ShownTsatRow>,
    /// The notes below the tables.
    pub notes: [&'static str; 2],
}

/// A version of the tables.
#[derive(Clone, Debug, Serialize)]
pub struct ShownTsatVersion {
    /// Its name.
    pub version: String,
    /// The first day on which it is in force.
    pub effective_from: String,
    /// `shipped` or `imported`.
    pub origin: &'static str,
}

/// The versions of a specification by SMETS document.
#[derive(Clone, Debug, Serialize)]
pub struct ShownDocumentVersions {
    /// The specification.
    pub specification: &'static str,
    /// Each document, and the version in it or `N/A`.
    #[serde(serialize_with = "as_map")]
    pub versions: Vec<(&'static str, &'static str)>,
}

/// A row.
#[derive(Clone, Debug, Serialize)]
pub struct ShownTsatRow {
    /// The specification.
    pub specification: &'static str,
    /// Its version.
    pub spec_version: String,
    /// The GBCS version, or `n/a`.
    pub gbcs_version: String,
    /// The Installation Validity Period.
    pub install_from: String,
    /// Its last day, or `ND`.
    pub install_to: String,
    /// For SMETS1 the last day for prepayment meters, else `n/a`.
    pub ppm_install_to: String,
    /// The Maintenance Validity Period.
    pub maintain_from: String,
    /// Its last day, or `ND`.
    pub maintain_to: String,
    /// The Applicability Period, or `n/a`.
    pub operate_from: String,
    /// Its last day, `ND` or `n/a`.
    pub operate_to: String,
    /// The state of the security assessment.
    pub security: String,
    /// A note.
    pub note: String,
    /// Whether an end date is later than in the version before.
    pub extended: bool,
    /// The way up, where the row has a deadline.
    pub way_up: Option<ShownWayUp>,
}

/// The way up from a row.
#[derive(Clone, Debug, Serialize)]
pub struct ShownWayUp {
    /// The last day on which the row may be maintained and operated.
    pub deadline: String,
    /// The row to go to; null where there is none.
    pub target: Option<String>,
}

impl ShownTables {
    /// The version in force as at a day, whole or one specification of it.
    pub fn new(tables: &Tables, as_at: Date, specification: Option<Specification>) -> Self {
        let table = tables.in_force(as_at);
        let is_shown =
            |row: &&Row| specification.is_none_or(|specification| row.key().specification == specification);
        let rows = table.map(|table| {
            let rows = table.rows().iter().filter(is_shown);
            rows.map(|row| ShownTsatRow::new(tables, table, row)).collect()
        });
        Self {
            as_at: as_at.to_string(),
            version: table.map(|table| table.version().to_string()),
            effective_from: table.map(|table| table.effective_from().to_string()),
            versions: tables.all().iter().map(ShownTsatVersion::from).collect(),
            versions_by_document: VERSIONS_BY_DOCUMENT.iter().map(ShownDocumentVersions::from).collect(),
            heading: HEADING,
            footnote: FOOTNOTE,
            rows: rows.unwrap_or_default(),
            notes: NOTES,
        }
    }

    /// The columns of the CSV: those of an import.
    pub const COLUMNS: [&'static str; 14] = [
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

    /// The rows of the CSV.
    pub fn csv_rows(&self) -> impl Iterator<Item = [String; 14]> {
        let version = self.version.clone().unwrap_or_default();
        let effective_from = self.effective_from.clone().unwrap_or_default();
        self.rows.iter().map(move |row| row.csv_row(&version, &effective_from))
    }

    /// As CSV, in the form of an import.
    pub fn csv(&self) -> String {
        csv_text(Self::COLUMNS, self.csv_rows())
    }
}

impl From<&Table> for ShownTsatVersion {
    fn from(table: &Table) -> Self {
        Self {
            version: table.version().to_string(),
            effective_from: table.effective_from().to_string(),
            origin: table.origin().as_str(),
        }
    }
}

impl From<&(Specification, [Option<&'static str>; 4])> for ShownDocumentVersions {
    fn from((specification, versions): &(Specification, [Option<&'static str>; 4])) -> Self {
        let documents = SmetsDocument::ALL.iter().map(|document| document.as_str());
        let versions = versions.iter().map(|version| version.unwrap_or("N/A"));
        Self { specification: specification.as_str(), versions: documents.zip(versions).collect() }
    }
}

impl ShownTsatRow {
    fn new(tables: &Tables, table: &Table, row: &Row) -> Self {
        let way_up = table.way_up(row).map(|way| ShownWayUp {
            deadline: PeriodEnd::On(way.deadline).to_string(),
            target: way.target.map(|target| target.key().to_string()),
        });
        Self {
            specification: row.key().specification.as_str(),
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
            extended: tables.is_extended(table, row),
            way_up,
        }
    }

    fn csv_row(&self, version: &str, effective_from: &str) -> [String; 14] {
        [
            version,
            effective_from,
            self.specification,
            &self.spec_version,
            &self.gbcs_version,
            &self.install_from,
            &self.install_to,
            &self.ppm_install_to,
            &self.maintain_from,
            &self.maintain_to,
            &self.operate_from,
            &self.operate_to,
            &self.security,
            &self.note,
        ]
        .map(str::to_owned)
    }
}
