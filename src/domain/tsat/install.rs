//! What the tables say about an installation: a fact of a decision (HUBS.md 5, TSAT/e, k).

use std::fmt;

use super::{Answer, Baseline, May, RowKey, Tables};
use crate::domain::{Date, TsatVersion};

/// May a Device be installed on a day, by the version of the tables in force then?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallValidity {
    /// The day of the installation, its London day.
    pub on: Date,
    /// What the Device is.
    pub baseline: Baseline,
    /// The version of the tables; none where none was in force.
    pub table: Option<TsatVersion>,
    /// The row; none where the version has none.
    pub row: Option<RowKey>,
    /// The answer. For SMETS1 it is `no` only where the end for prepayment has passed too: no request says which it is.
    pub install: Answer,
}

impl Tables {
    /// The answer for an installation on a day.
    pub fn install_validity(&self, baseline: Baseline, on: Date) -> InstallValidity {
        let judged = |ppm| self.judge(&baseline, on, on, ppm);
        let general = judged(false);
        let for_prepayment = judged(true).verdict.install;
        let by_prepayment = general.verdict.install.may == May::No && for_prepayment.may == May::Yes;
        InstallValidity {
            on,
            table: general.table.map(|table| table.version().clone()),
            row: general.row.map(|row| row.key().clone()),
            install: if by_prepayment { for_prepayment } else { general.verdict.install },
            baseline,
        }
    }
}

impl fmt::Display for InstallValidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, baseline, table, row, install } = self;
        write!(f, "install {} on {on}: ", install.may)?;
        match row {
            Some(row) => write!(f, "{row}")?,
            None => write!(f, "{baseline}")?,
        }
        if let Some(period) = install.period {
            write!(f, ", {} to {}", period.from(), period.to())?;
        }
        match table {
            Some(table) => write!(f, "; version {table} of the tables"),
            None => f.write_str("; no version of the tables was in force"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_date;

    #[test]
    fn an_installation_is_judged_by_the_version_in_force_on_its_day() {
        let told = |specification: &str, version, gbcs, on| {
            let baseline = Baseline::read(Some(specification.parse().unwrap()), Some(version), gbcs);
            Tables::shipped().install_validity(baseline, parse_date(on).unwrap()).to_string()
        };
        let told = [
            told("CHTS", "CHTS V1.0", Some("1.1"), "2021-01-31"),
            told("CHTS", "CHTS V1.0", Some("1.1"), "2022-02-01"),
            told("CHTS", "CHTS V1.4", Some("4.1"), "2022-02-01"),
            told("CHTS", "CHTS V1.0", None, "2012-12-17"),
            told("SMETS1 ESMSTS", "1.2", None, "2018-12-05"),
            told("SMETS1 ESMSTS", "1.2", None, "2019-03-15"),
            told("SMETS1 ESMSTS", "1.2", None, "2019-03-16"),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        install yes on 2021-01-31: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
        install no on 2022-02-01: CHTS 1.0 / GBCS 1.1, 2016-09-30 to 2022-01-31; version MP139 of the tables
        install no_row on 2022-02-01: CHTS 1.4 / GBCS 4.1; version MP139 of the tables
        install no_row on 2012-12-17: CHTS 1.0 / GBCS not known; no version of the tables was in force
        install yes on 2018-12-05: SMETS1 ESMSTS 1.2 / GBCS n/a, 2012-12-18 to 2018-12-05; version 9.0 of the tables
        install yes on 2019-03-15: SMETS1 ESMSTS 1.2 / GBCS n/a, 2012-12-18 to 2019-03-15; version 9.0 of the tables
        install no on 2019-03-16: SMETS1 ESMSTS 1.2 / GBCS n/a, 2012-12-18 to 2018-12-05; version 9.0 of the tables
        ");
    }
}
