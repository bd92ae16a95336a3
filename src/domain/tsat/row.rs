//! One row of a table: when one version of a specification, with one GBCS version, may be installed, maintained and operated.

use std::fmt;

use super::{
    CellFault, Column, Period, PeriodEnd, Specification, VersionNumber,
    cells::{CellReader, or_not_applicable},
};
use crate::domain::{Date, TsatText, parse_date};

/// What a row is about (MP139-R1). One version of a specification may have a row for each of several GBCS versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    /// The specification.
    pub specification: Specification,
    /// Its version.
    pub version: VersionNumber,
    /// The GBCS version; none where there is none (`n/a`), as for SMETS1.
    pub gbcs: Option<VersionNumber>,
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { specification, version, gbcs } = self;
        write!(f, "{specification} {version} / GBCS {}", or_not_applicable(gbcs.as_ref()))
    }
}

/// A row of a table. What its fields say of each other holds: see [`Self::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    key: RowKey,
    install: Period,
    ppm_install_to: Option<Date>,
    maintain: Period,
    operate: Option<Period>,
    security: TsatText,
    note: TsatText,
}

impl Row {
    /// Reads a row from the texts of its cells.
    ///
    /// Dates are `2022-01-31`, an open end is `ND`. No period ends before it begins. `ppm_install_to` is a date in SMETS1 rows and
    /// `n/a` elsewhere; SMETS1 rows have the GBCS version `n/a`; `operate_from` and `operate_to` are `n/a` exactly where
    /// `gbcs_version` is.
    ///
    /// # Errors
    /// All faults of its cells, in the order of the columns.
    pub fn read<'a>(cell: impl Fn(Column) -> &'a str) -> Result<Self, Vec<CellFault>> {
        let mut cells = CellReader::new(cell);
        match row_of(&mut cells) {
            Some(row) => Ok(row),
            None => Err(cells.into_faults()),
        }
    }

    /// The text of a cell.
    pub fn cell(&self, column: Column) -> String {
        let Self { key, install, ppm_install_to, maintain, operate, security, note } = self;
        match column {
            Column::Specification => key.specification.to_string(),
            Column::SpecVersion => key.version.to_string(),
            Column::GbcsVersion => or_not_applicable(key.gbcs.as_ref()),
            Column::InstallFrom => install.from().to_string(),
            Column::InstallTo => install.to().to_string(),
            Column::PpmInstallTo => or_not_applicable(*ppm_install_to),
            Column::MaintainFrom => maintain.from().to_string(),
            Column::MaintainTo => maintain.to().to_string(),
            Column::OperateFrom => or_not_applicable(operate.map(Period::from)),
            Column::OperateTo => or_not_applicable(operate.map(Period::to)),
            Column::Security => security.to_string(),
            Column::Note => note.to_string(),
        }
    }

    /// What the row is about.
    pub const fn key(&self) -> &RowKey {
        &self.key
    }

    /// The Installation Validity Period (IVP).
    pub const fn install(&self) -> Period {
        self.install
    }

    /// For SMETS1: the last day on which a prepayment meter may be installed (MP139-R6).
    pub const fn ppm_install_to(&self) -> Option<Date> {
        self.ppm_install_to
    }

    /// The Maintenance Validity Period (MVP).
    pub const fn maintain(&self) -> Period {
        self.maintain
    }

    /// The Applicability Period (AP) of the GBCS version; none for SMETS1.
    pub const fn operate(&self) -> Option<Period> {
        self.operate
    }

    /// The state of the assessment of the security risk, where an end date was moved (MP139-R17).
    pub fn security(&self) -> &str {
        self.security.as_str()
    }

    /// A note, such as the dates as they are printed.
    pub fn note(&self) -> &str {
        self.note.as_str()
    }

    /// Its ends, each with its column.
    pub fn ends(&self) -> impl Iterator<Item = (Column, PeriodEnd)> {
        let ends = [
            (Column::InstallTo, Some(self.install.to())),
            (Column::PpmInstallTo, self.ppm_install_to.map(PeriodEnd::On)),
            (Column::MaintainTo, Some(self.maintain.to())),
            (Column::OperateTo, self.operate.map(Period::to)),
        ];
        ends.into_iter().filter_map(|(column, end)| Some((column, end?)))
    }

    /// Whether one of its ends is later than that of an earlier form of the row (HUBS.md TSAT/n).
    pub fn is_extended_from(&self, earlier: &Self) -> bool {
        self.ends().any(|(column, end)| earlier.ends().any(|(other, before)| other == column && before < end))
    }
}

fn row_of<'a, F: Fn(Column) -> &'a str>(cells: &mut CellReader<F>) -> Option<Row> {
    let specification = cells.value::<Specification>(Column::Specification);
    let version = cells.value(Column::SpecVersion);
    let gbcs = gbcs(cells, specification);
    let install = cells.period(Column::InstallFrom, Column::InstallTo);
    let ppm_install_to = ppm_install_to(cells, specification, install);
    let maintain = cells.period(Column::MaintainFrom, Column::MaintainTo);
    let operate = operate(cells, gbcs.as_ref().map(Option::is_some));
    let security = cells.value(Column::Security);
    let note = cells.value(Column::Note);
    Some(Row {
        key: RowKey { specification: specification?, version: version?, gbcs: gbcs? },
        install: install?,
        ppm_install_to: ppm_install_to?,
        maintain: maintain?,
        operate: operate?,
        security: security?,
        note: note?,
    })
}

/// The GBCS version, which no row of SMETS1 has; the outer `None` is a fault.
fn gbcs<'a, F: Fn(Column) -> &'a str>(
    cells: &mut CellReader<F>,
    specification: Option<Specification>,
) -> Option<Option<VersionNumber>> {
    let column = Column::GbcsVersion;
    let gbcs = cells.applicable::<VersionNumber>(column)?;
    match specification.filter(|specification| specification.is_smets1()) {
        Some(smets1) if gbcs.is_some() => {
            cells.fault(column, format!("a row of {smets1} has `n/a` here"));
            None
        }
        Some(_) | None => Some(gbcs),
    }
}

/// The end of installing prepayment meters; the outer `None` is a fault.
fn ppm_install_to<'a, F: Fn(Column) -> &'a str>(
    cells: &mut CellReader<F>,
    specification: Option<Specification>,
    install: Option<Period>,
) -> Option<Option<Date>> {
    let column = Column::PpmInstallTo;
    let is_smets1 = specification.map(Specification::is_smets1);
    match (is_smets1, cells.is_not_applicable(column)) {
        (Some(true), true) => {
            cells.fault(column, "a row of SMETS1 has a date here");
            None
        }
        (Some(false), false) => {
            cells.fault(column, "only rows of SMETS1 have a date here; others have `n/a`");
            None
        }
        (Some(false) | None, true) => Some(None),
        (Some(true) | None, false) => {
            let last = cells.value_by(column, parse_date)?;
            let first = install?.from();
            cells.ends_after(first, Column::InstallFrom, PeriodEnd::On(last), column)?;
            Some(Some(last))
        }
    }
}

/// The Applicability Period, which is there exactly where a GBCS version is; the outer `None` is a fault.
fn operate<'a, F: Fn(Column) -> &'a str>(
    cells: &mut CellReader<F>,
    has_gbcs: Option<bool>,
) -> Option<Option<Period>> {
    let (from, to) = (Column::OperateFrom, Column::OperateTo);
    let absent = [from, to].map(|column| cells.is_not_applicable(column));
    match (absent, has_gbcs) {
        ([true, true], Some(false) | None) => Some(None),
        ([false, false], Some(true) | None) => cells.period(from, to).map(Some),
        ([true, true], Some(true)) => {
            cells.fault(from, "the row has a GBCS version, whose Applicability Period is missing");
            None
        }
        ([false, false], Some(false)) => {
            cells.fault(from, "the row has no GBCS version, so that `n/a` is expected here");
            None
        }
        ([true, false] | [false, true], _) => {
            cells.fault(to, "operate_from and operate_to are `n/a` together, or neither is");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of a good row, some of them replaced: `column=text`.
    fn read(replaced: &[(Column, &'static str)]) -> Result<Row, String> {
        let good = [
            "CHTS",
            "1.0",
            "1.1",
            "2016-09-30",
            "2022-01-31",
            "n/a",
            "2016-09-30",
            "2022-02-28",
            "2017-11-06",
            "ND",
            "assessment open",
            "redline 31/01/212",
        ];
        let cell = |column: Column| {
            let own = replaced.iter().find(|(other, _)| *other == column).map(|(_, text)| *text);
            let at = Column::ALL.iter().position(|other| *other == column);
            own.or(at.and_then(|at| good.get(at).copied())).unwrap_or_default()
        };
        let faults = |faults: Vec<CellFault>| {
            let fault = |CellFault { column, value, reason }| format!("{column} `{value}`: {reason}");
            faults.into_iter().map(fault).collect::<Vec<_>>().join("\n")
        };
        let row = Row::read(cell).map_err(faults)?;
        assert!(Column::ALL.iter().all(|column| row.cell(*column) == cell(*column)), "{row:?}");
        Ok(row)
    }

    const SMETS1: [(Column, &str); 5] = [
        (Column::Specification, "SMETS1 ESMSTS"),
        (Column::GbcsVersion, "n/a"),
        (Column::PpmInstallTo, "2022-03-15"),
        (Column::OperateFrom, "n/a"),
        (Column::OperateTo, "n/a"),
    ];

    #[test]
    fn a_row_is_written_as_it_was_read() {
        assert_eq!(read(&[]).unwrap().key().to_string(), "CHTS 1.0 / GBCS 1.1");
        assert_eq!(read(&SMETS1).unwrap().key().to_string(), "SMETS1 ESMSTS 1.0 / GBCS n/a");
        assert!(
            read(&[(Column::InstallTo, "2016-09-30"), (Column::Security, ""), (Column::Note, "")]).is_ok()
        );
    }

    /// HUBS.md 3 and 7, first row: every fault is told, with its column and its value.
    #[test]
    fn each_cell_that_is_wrong_is_told_with_its_reason() {
        let mut told = Vec::new();
        for replaced in [
            &[(Column::Specification, "CHTSS"), (Column::SpecVersion, "V1.0"), (Column::GbcsVersion, "")][..],
            &[(Column::InstallFrom, ""), (Column::InstallTo, "31/01/22"), (Column::MaintainTo, "2022-02-29")],
            &[(Column::InstallTo, "2016-09-29"), (Column::OperateTo, "2017-11-05")],
            &[(Column::InstallFrom, "ND"), (Column::MaintainFrom, "n/a"), (Column::MaintainTo, "n/a")],
            &[(Column::PpmInstallTo, "2022-03-15")],
            &[(Column::OperateFrom, "n/a")],
            &[(Column::OperateFrom, "n/a"), (Column::OperateTo, "n/a")],
            &[(Column::GbcsVersion, "n/a")],
            &[SMETS1[0]],
            &[SMETS1[0], SMETS1[1], (Column::PpmInstallTo, "2016-09-29"), SMETS1[3], SMETS1[4]],
        ] {
            told.push(read(replaced).unwrap_err());
        }
        insta::assert_snapshot!(told.join("\n--\n"));
    }

    /// HUBS.md TSAT/n.
    #[test]
    fn tsat_n_a_row_is_extended_where_one_of_its_ends_is_later() {
        let before = read(&[]).unwrap();
        let extended = |column, text| read(&[(column, text)]).unwrap().is_extended_from(&before);
        assert!(extended(Column::InstallTo, "2022-02-01") && extended(Column::MaintainTo, "ND"));
        assert!(!extended(Column::InstallTo, "2022-01-30") && !extended(Column::InstallFrom, "2016-09-29"));
        assert!(!before.is_extended_from(&before));
        let smets1 = read(&SMETS1).unwrap();
        let mut later = SMETS1;
        later[2] = (Column::PpmInstallTo, "2022-03-16");
        assert!(read(&later).unwrap().is_extended_from(&smets1));
    }
}
