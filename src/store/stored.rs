//! Values of columns: conversion of stored texts to domain values and back.

use std::str::FromStr;

use crate::{
    db::StoreFault,
    domain::{Date, Malformed, Timestamp, Uprn, parse_date, parse_instant},
};

/// A table that values are read from; its faults name it.
#[derive(Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    /// Parses a value of a domain type.
    pub(super) fn value<T: FromStr<Err = Malformed>>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreFault> {
        text.parse().map_err(|malformed| self.malformed(column, &malformed))
    }

    /// Parses a value that may be absent.
    pub(super) fn optional<T: FromStr<Err = Malformed>>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreFault> {
        text.map(|text| self.value(column, text)).transpose()
    }

    /// Parses a list with `;` between its members; an empty text is an empty list.
    pub(super) fn list<T: FromStr<Err = Malformed>>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<Vec<T>, StoreFault> {
        // Splitting an empty text gives one empty part, not none.
        text.split(';').filter(|part| !part.is_empty()).map(|part| self.value(column, part)).collect()
    }

    /// Parses a date that may be absent.
    pub(super) fn date(self, column: &'static str, text: Option<&str>) -> Result<Option<Date>, StoreFault> {
        text.map(parse_date).transpose().map_err(|malformed| self.malformed(column, &malformed))
    }

    /// Parses a date.
    pub(super) fn day(self, column: &'static str, text: &str) -> Result<Date, StoreFault> {
        parse_date(text).map_err(|malformed| self.malformed(column, &malformed))
    }

    /// Parses an instant.
    pub(super) fn instant(self, column: &'static str, text: &str) -> Result<Timestamp, StoreFault> {
        parse_instant(text).map_err(|malformed| self.malformed(column, &malformed))
    }

    /// Converts a UPRN that may be absent.
    pub(super) fn uprn(self, column: &'static str, number: Option<i64>) -> Result<Option<Uprn>, StoreFault> {
        number.map(|number| self.value(column, &number.to_string())).transpose()
    }

    /// The fault of a value that its type refuses. It does not repeat the value: faults are logged, and it may be personal data.
    pub(super) fn malformed(self, column: &'static str, malformed: &Malformed) -> StoreFault {
        self.corrupt(column, &format!("a value is not {}", malformed.expected()))
    }

    /// The fault that names table, column and reason.
    pub(super) fn corrupt(self, column: &'static str, reason: &impl ToString) -> StoreFault {
        StoreFault::Corrupt { table: self.0, column, reason: reason.to_string() }
    }
}

/// The text of an optional value.
pub(super) fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// The text of a list, with `;` between its members.
pub(super) fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// The number of a UPRN as its column has it. Its twelve digits always fit.
pub(super) fn uprn_number(uprn: Option<Uprn>) -> Option<i64> {
    uprn.and_then(|uprn| i64::try_from(uprn.get()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn what_cannot_be_read_back_names_its_place() {
        let table = Table("users");
        let faults = [
            table.value::<Role>("roles", "XX").unwrap_err(),
            table.list::<Role>("roles", "IS;XX").unwrap_err(),
            table.date("from", Some("2026-1-1")).unwrap_err(),
            table.instant("at", "now").unwrap_err(),
            table.uprn("uprn", Some(-1)).unwrap_err(),
        ];
        insta::assert_snapshot!(faults.map(|fault| fault.to_string()).join("\n"), @"
        table `users`, column `roles`: a value is not a User Role: one of IS, ES, GS, RSA, ED, GT, OU
        table `users`, column `roles`: a value is not a User Role: one of IS, ES, GS, RSA, ED, GT, OU
        table `users`, column `from`: a value is not a date like `2026-01-31`
        table `users`, column `at`: a value is not a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`
        table `users`, column `uprn`: a value is not a UPRN: 1 to 999999999999
        ");
    }

    #[test]
    fn an_empty_list_is_empty() {
        assert_eq!(Table("users").list::<Role>("roles", "").unwrap(), []);
        assert_eq!(joined(&[Role::IS, Role::GS]), "IS;GS");
    }
}
