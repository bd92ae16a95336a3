//! The three answers of a row: may this be installed, maintained, operated on a day (HUBS.md TSAT/e to j).

use std::fmt;

use super::{Period, PeriodEnd, Row};
use crate::domain::{Date, closed_set};

closed_set!(
    /// What a row is asked.
    ValidityTest, "a test of the tables", {
        Install => "install",
        Maintain => "maintain",
        Operate => "operate",
    }
);

closed_set!(
    /// Whether something is permitted. No row counts as not permitted, but is told apart from `no`: the version may be older than
    /// what is published, or newer than the table that is loaded (HUBS.md TSAT/i).
    May, "an answer of the tables", {
        Yes => "yes",
        No => "no",
        NoRow => "no_row",
        NotAsked => "not_asked",
    }
);

/// One answer, with the period that it was judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is permitted.
    pub may: May,
    /// The period; none without a row, and where there is no such test.
    pub period: Option<Period>,
}

impl Answer {
    const NO_ROW: Self = Self { may: May::NoRow, period: None };

    fn of(period: Option<Period>, day: Date) -> Self {
        let may = match period {
            None => May::NotAsked,
            Some(period) if period.contains(day) => May::Yes,
            Some(_) => May::No,
        };
        Self { may, period }
    }
}

/// Something to know about an answer that is not changed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The Applicability Period of the GBCS version ended on that day, which does not bar installing (HUBS.md TSAT/j, O15).
    ApEnded(Date),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApEnded(day) => write!(f, "AP ended {day}"),
        }
    }
}

/// The answers for one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// May it be installed?
    pub install: Answer,
    /// May it be maintained?
    pub maintain: Answer,
    /// May its GBCS version be in operation?
    pub operate: Answer,
    /// What else is to be known.
    pub warnings: Vec<Warning>,
}

impl Verdict {
    /// The verdict where there is no row (HUBS.md TSAT/i).
    pub const fn no_row() -> Self {
        Self {
            install: Answer::NO_ROW,
            maintain: Answer::NO_ROW,
            operate: Answer::NO_ROW,
            warnings: Vec::new(),
        }
    }

    /// One of the answers.
    pub const fn answer(&self, test: ValidityTest) -> Answer {
        match test {
            ValidityTest::Install => self.install,
            ValidityTest::Maintain => self.maintain,
            ValidityTest::Operate => self.operate,
        }
    }
}

impl Row {
    /// The answers for a day. `ppm` asks for a SMETS1 meter that is installed for prepayment: its own end of installation counts
    /// then (MP139-R6, O16).
    pub fn judge(&self, day: Date, ppm: bool) -> Verdict {
        let ppm_end = self.ppm_install_to().filter(|_| ppm).map(PeriodEnd::On);
        // A row holds no end of prepayment installs before the beginning: the period is there.
        let for_ppm = ppm_end.and_then(|end| Period::new(self.install().from(), end));
        let install = Answer::of(Some(for_ppm.unwrap_or(self.install())), day);
        let ended = self.operate().and_then(|period| period.to().date()).filter(|end| *end < day);
        let warning = ended.filter(|_| install.may == May::Yes).map(Warning::ApEnded);
        Verdict {
            install,
            maintain: Answer::of(Some(self.maintain()), day),
            operate: Answer::of(self.operate(), day),
            warnings: warning.into_iter().collect(),
        }
    }
}
