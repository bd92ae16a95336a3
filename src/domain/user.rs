//! Users, their roles, and their registrations for supply points.

use super::{AnswerVersion, Eui64, Mpxn, Timestamp, set::closed_set};

closed_set!(
    /// A User Role (SMI.md 1).
    Role, "a User Role", {
        IS => "IS",
        ES => "ES",
        GS => "GS",
        RSA => "RSA",
        ED => "ED",
        GT => "GT",
        OU => "OU",
    }
);

closed_set!(
    /// The status of a User: a suspended one may not use the DCC's services.
    UserStatus, "a User's status", {
        Active => "Active",
        Suspended => "Suspended",
    }
);

/// A User: a SEC Party's identity towards the DCC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its EUI-64.
    pub id: Eui64,
    /// The SEC Party's signifier; may be empty.
    pub party_signifier: String,
    /// The SEC Party's name; may be empty.
    pub party_name: String,
    /// The User Roles; a User without one may send nothing.
    pub roles: Vec<Role>,
    /// Active or Suspended.
    pub status: UserStatus,
    /// The Receive Response address, for answers and alerts that are sent later.
    pub receive_response_url: Option<String>,
    /// The schemaVersion of its answers, if the User has one of its own.
    pub answer_version: Option<AnswerVersion>,
}

/// A User's registration for a supply point in a role, over the half-open interval `[from, to)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The supply point.
    pub mpxn: Mpxn,
    /// The role.
    pub role: Role,
    /// The User.
    pub user: Eui64,
    /// The first instant at which it holds.
    pub from: Timestamp,
    /// The first instant at which it no longer holds; absent if it is open-ended.
    pub to: Option<Timestamp>,
}

impl Registration {
    /// Whether it holds at that instant.
    pub fn holds_at(&self, instant: Timestamp) -> bool {
        self.from <= instant && self.to.is_none_or(|to| instant < to)
    }

    /// Whether there is an instant at which both hold.
    pub fn overlaps(&self, other: &Self) -> bool {
        // Each starts before the other ends. Intervals that only touch do not overlap, as the end is exclusive.
        other.to.is_none_or(|to| self.from < to) && self.to.is_none_or(|to| other.from < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    fn registration(from: &str, to: Option<&str>) -> Registration {
        Registration {
            mpxn: "1234567890123".parse().unwrap(),
            role: Role::IS,
            user: Eui64::from_octets([1; 8]),
            from: parse_instant(from).unwrap(),
            to: to.map(|to| parse_instant(to).unwrap()),
        }
    }

    #[test]
    fn the_interval_is_half_open() {
        let registration = registration("2026-01-01", Some("2026-02-01"));
        let holds = |text: &str| registration.holds_at(parse_instant(text).unwrap());
        assert!(!holds("2025-12-31T23:59:59.999Z"));
        assert!(holds("2026-01-01"));
        assert!(holds("2026-01-31T23:59:59.999Z"));
        assert!(!holds("2026-02-01"));
    }

    #[test]
    fn neighbours_do_not_overlap() {
        let first = registration("2026-01-01", Some("2026-02-01"));
        assert!(!first.overlaps(&registration("2026-02-01", None)));
        assert!(first.overlaps(&registration("2026-01-31", None)));
        assert!(registration("2026-01-31", None).overlaps(&first));
    }
}
