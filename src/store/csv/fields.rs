//! The parser of one line's values. It reports every fault of the line, not only the first.

use std::str::FromStr;

use super::Faults;
use crate::domain::{Malformed, Mpxn};

/// The line being parsed, and the collector of its faults.
pub(in crate::store) struct Fields<'a> {
    line: u64,
    faults: &'a mut Faults,
}

impl<'a> Fields<'a> {
    /// A parser of a line that adds its faults to `faults`.
    pub(in crate::store) const fn new(line: u64, faults: &'a mut Faults) -> Self {
        Self { line, faults }
    }

    /// Adds a fault of one value.
    pub(in crate::store) fn fault(&mut self, column: &str, value: &str, reason: impl Into<String>) {
        self.faults.in_value(self.line, column, value, reason);
    }

    /// Warns about a value that is imported.
    pub(in crate::store) fn warn(&mut self, column: &str, value: &str, reason: impl Into<String>) {
        self.faults.warn_of_value(self.line, column, value, reason);
    }

    /// Parses a value that must be present.
    pub(in crate::store) fn required<T: FromStr<Err = Malformed>>(
        &mut self,
        column: &str,
        text: &str,
    ) -> Option<T> {
        self.required_by(column, text, str::parse)
    }

    /// Parses a value that must be present, by a function.
    pub(in crate::store) fn required_by<T>(
        &mut self,
        column: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        let fault = match read(text) {
            Ok(value) => return Some(value),
            Err(malformed) if text.is_empty() => format!("empty, but must be {}", malformed.expected()),
            Err(malformed) => malformed.to_string(),
        };
        self.fault(column, text, fault);
        None
    }

    /// Parses a value that may be absent. The outer `None` means a fault, the inner one an absent value.
    pub(in crate::store) fn optional<T: FromStr<Err = Malformed>>(
        &mut self,
        column: &str,
        text: &str,
    ) -> Option<Option<T>> {
        self.optional_by(column, text, str::parse)
    }

    /// Parses a value that may be absent, by a function. `None` as in [`Self::optional`].
    pub(in crate::store) fn optional_by<T>(
        &mut self,
        column: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.required_by(column, text, read).map(Some) }
    }

    /// Parses a list of distinct members separated by `;`. An empty value is an empty list.
    pub(in crate::store) fn list<T: FromStr<Err = Malformed> + PartialEq>(
        &mut self,
        column: &str,
        text: &str,
    ) -> Option<Vec<T>> {
        let parts = text.split(';').filter(|_| !text.is_empty());
        // All members are parsed before the first fault ends it, so that each bad one is reported.
        let members = parts.map(|part| self.required::<T>(column, part)).collect::<Vec<_>>();
        let members = members.into_iter().collect::<Option<Vec<_>>>()?;
        let doubled =
            members.iter().enumerate().any(|(at, member)| members.iter().take(at).any(|m| m == member));
        if doubled {
            self.fault(column, text, format!("`{text}` names something twice"));
            return None;
        }
        Some(members)
    }

    /// Parses an MPAN that may be absent. A wrong check digit is a warning: some that are in use have one.
    pub(in crate::store) fn mpan(&mut self, column: &str, text: &str) -> Option<Option<Mpxn>> {
        let mpan = self.optional_by(column, text, |text| {
            let mpxn = text.parse::<Mpxn>().ok().filter(Mpxn::is_mpan);
            mpxn.ok_or_else(|| Malformed::new(text, "an MPAN: 13 digits"))
        })?;
        if let Some(mpan) = mpan.as_ref() {
            self.check_mpan(column, mpan);
        }
        Some(mpan)
    }

    /// Warns where the check digit of an MPAN is wrong.
    pub(in crate::store) fn check_mpan(&mut self, column: &str, mpan: &Mpxn) {
        if mpan.has_wrong_check_digit() {
            self.warn(column, mpan.as_str(), format!("the check digit of MPAN `{mpan}` is wrong"));
        }
    }

    /// Parses an MPRN that may be absent.
    pub(in crate::store) fn mprn(&mut self, column: &str, text: &str) -> Option<Option<Mpxn>> {
        self.optional_by(column, text, |text| {
            let mpxn = text.parse::<Mpxn>().ok().filter(Mpxn::is_mprn);
            mpxn.ok_or_else(|| Malformed::new(text, "an MPRN: 1 to 10 digits"))
        })
    }
}
