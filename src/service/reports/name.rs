//! Reports by their names, and what may be asked of each.

use std::{fmt, str::FromStr};

use super::MonthlyReport;
use crate::{
    domain::{InventoryReport, LondonMonth, Malformed, Timestamp},
    service::inventory_reports::InventoryQuestion,
};

/// A report by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportName {
    /// Of a London month.
    Monthly(MonthlyReport),
    /// Of the whole inventory.
    Inventory(InventoryReport),
}

impl ReportName {
    /// Every report: those of the inventory, then those of a month.
    pub fn all() -> impl Iterator<Item = Self> {
        let inventory = InventoryReport::ALL.iter().copied().map(Self::Inventory);
        inventory.chain(MonthlyReport::ALL.iter().copied().map(Self::Monthly))
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monthly(report) => report.as_str(),
            Self::Inventory(report) => report.as_str(),
        }
    }

    /// What a line of it has, for people.
    pub const fn holds(self) -> &'static str {
        match self {
            Self::Monthly(report) => report.holds(),
            Self::Inventory(report) => report.holds(),
        }
    }

    /// Whether this may be asked of it.
    pub const fn takes(self, field: ReportField) -> bool {
        match (self, field) {
            (Self::Monthly(_), ReportField::Month) | (Self::Inventory(_), ReportField::Party) => true,
            (Self::Inventory(report), ReportField::AsAt) => report.has_as_at(),
            (Self::Monthly(_), ReportField::AsAt | ReportField::Party)
            | (Self::Inventory(_), ReportField::Month) => false,
        }
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReportName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::all().find(|name| name.as_str() == text).ok_or_else(|| {
            let names = Self::all().map(Self::as_str).collect::<Vec<_>>().join(", ");
            Malformed::new(text, format!("a report: one of {names}"))
        })
    }
}

/// What may be asked of a report beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportField {
    /// The London month.
    Month,
    /// The instant that it is about.
    AsAt,
    /// The Party.
    Party,
}

impl ReportField {
    /// Its name in a query; on the command line it has `-` for `_`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::AsAt => "as_at",
            Self::Party => "party",
        }
    }
}

/// Something was asked of a report that has no such thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct MisplacedField {
    /// What was asked.
    pub field: ReportField,
    /// The report.
    pub name: ReportName,
}

impl MisplacedField {
    fn text(self) -> String {
        let Self { field, name } = self;
        let others = ReportName::all().filter(|name| name.takes(field)).map(ReportName::as_str);
        let others = others.collect::<Vec<_>>().join(", ");
        match name {
            ReportName::Monthly(_) => format!("{name} is about a month; it is asked of {others}"),
            ReportName::Inventory(_) => {
                format!("{name} takes none; it is asked of {others}")
            }
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedReport {
    /// A report of a month, which is that of today where none is named.
    Monthly(MonthlyReport, Option<LondonMonth>),
    /// A report of the inventory.
    Inventory(InventoryQuestion),
}

impl AskedReport {
    /// What these values ask of a report.
    ///
    /// # Errors
    /// When the report has no such thing.
    pub fn new(
        name: ReportName,
        month: Option<LondonMonth>,
        as_at: Option<Timestamp>,
        party: Option<String>,
    ) -> Result<Self, MisplacedField> {
        let given = [
            (ReportField::Month, month.is_some()),
            (ReportField::AsAt, as_at.is_some()),
            (ReportField::Party, party.is_some()),
        ];
        if let Some((field, _)) = given.into_iter().find(|(field, is_given)| *is_given && !name.takes(*field))
        {
            return Err(MisplacedField { field, name });
        }
        Ok(match name {
            ReportName::Monthly(report) => Self::Monthly(report, month),
            ReportName::Inventory(report) => Self::Inventory(InventoryQuestion { report, as_at, party }),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_report_has_a_name_of_its_own_and_says_what_it_holds() {
        let names = ReportName::all().map(ReportName::as_str).collect::<Vec<_>>();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in ReportName::all() {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert!(name.holds().len() > 10, "{name}");
        }
        let reason = "Estate".parse::<ReportName>().unwrap_err().to_string();
        assert!(reason.starts_with("`Estate` is not a report: one of estate, status, "), "{reason}");
    }

    #[test]
    fn what_a_report_does_not_have_is_not_asked_of_it() {
        let asked = |name: &str, month: Option<&str>, party: Option<&str>| {
            let month = month.map(|month| month.parse().unwrap());
            AskedReport::new(name.parse().unwrap(), month, None, party.map(str::to_owned))
        };
        assert!(
            asked("estate", None, Some("SUPA")).is_ok() && asked("changes", Some("2026-03"), None).is_ok()
        );
        let reason = asked("changes", None, Some("SUPA")).unwrap_err().to_string();
        assert!(reason.starts_with("changes is about a month; it is asked of estate, status, "), "{reason}");
        let reason = asked("hubs", Some("2026-03"), None).unwrap_err();
        assert_eq!(reason.field.as_str(), "month");
        let at = crate::domain::parse_instant("2026-03-01").ok();
        let now = "suspended-though-active".parse().unwrap();
        assert_eq!(
            AskedReport::new(now, None, at, None).unwrap_err().to_string(),
            "suspended-though-active takes none; it is asked of estate, status, firmware, model, hubs"
        );
    }
}
