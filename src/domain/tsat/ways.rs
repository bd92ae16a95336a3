//! The ways up from a row (HUBS.md TSAT/o), by when a hub of stock must be used, and what can be done with one (TSAT/p).

use std::fmt;

use super::{PeriodEnd, Row, Table};
use crate::domain::{Date, closed_set};

/// The way up from a row whose validity ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayUp<'a> {
    /// The last day on which the row may be maintained and operated.
    pub deadline: Date,
    /// The row to go to; none where no later row of the specification is valid for longer.
    pub target: Option<&'a Row>,
}

closed_set!(
    /// What ends the use of stock: the Installation Validity Period, or the Applicability Period.
    UseByKind, "a kind of use-by date", {
        Ivp => "IVP",
        Ap => "AP",
    }
);

/// The day by which stock must be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UseBy {
    /// The last day.
    pub day: Date,
    /// What ends then.
    pub kind: UseByKind,
}

/// What brings a hub to a newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// An update over the air: for hubs that are installed alone (HUBS.md TSAT/p, MP139-R12).
    OverTheAir,
    /// Installing it by that day, or at any time, and updating it over the air then.
    InstallFirst(PeriodEnd),
    /// Having it re-flashed.
    Reflash,
}

impl Way {
    /// The ways of a hub that is installed, or that is not, on a day. One that is not installed cannot be updated over the air.
    pub fn of(row: &Row, is_installed: bool, day: Date) -> Vec<Self> {
        if is_installed {
            return vec![Self::OverTheAir];
        }
        let last = row.use_by().map_or(PeriodEnd::NotDetermined, |use_by| PeriodEnd::On(use_by.day));
        let install = (PeriodEnd::On(day) <= last).then_some(Self::InstallFirst(last));
        install.into_iter().chain([Self::Reflash]).collect()
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OverTheAir => f.write_str("over the air"),
            Self::InstallFirst(PeriodEnd::On(day)) => write!(f, "install by {day}, then over the air"),
            Self::InstallFirst(PeriodEnd::NotDetermined) => f.write_str("install, then over the air"),
            Self::Reflash => f.write_str("re-flash"),
        }
    }
}

impl Row {
    /// The last day on which it may be maintained and operated: the earlier of the two ends (HUBS.md TSAT/o).
    pub fn deadline(&self) -> PeriodEnd {
        let maintain = self.maintain().to();
        self.operate().map_or(maintain, |operate| operate.to().min(maintain))
    }

    /// By when stock of it must be used: the earlier of the ends of the Installation Validity Period and of the Applicability
    /// Period; none where both are open.
    pub fn use_by(&self) -> Option<UseBy> {
        let use_by = |end: PeriodEnd, kind| end.date().map(|day| UseBy { day, kind });
        let install = use_by(self.install().to(), UseByKind::Ivp);
        let operate = self.operate().and_then(|operate| use_by(operate.to(), UseByKind::Ap));
        install.into_iter().chain(operate).min()
    }
}

impl Table {
    /// The way up from a row: the next row of its specification, by the beginning of installation, version and GBCS version, whose
    /// own deadline is later (HUBS.md TSAT/o; MP139-R14). None where the row has no deadline.
    pub fn way_up(&self, row: &Row) -> Option<WayUp<'_>> {
        let deadline = row.deadline().date()?;
        let place = |row: &Row| (row.install().from(), row.key().clone());
        let own = place(row);
        let is_better = |other: &&Row| {
            let same = other.key().specification == row.key().specification;
            same && place(other) > own && other.deadline() > row.deadline()
        };
        let target = self.rows().iter().filter(is_better).min_by_key(|other| place(other));
        Some(WayUp { deadline, target })
    }
}
