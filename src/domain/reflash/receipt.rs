//! What was delivered: the file of a delivery, and when liability passed (HUBS.md 4, DV; MP155-R13, R14).

use super::{HeldHub, NoHub, OrderNumber, Package};
use crate::domain::{Eui64, Malformed, Timestamp, instant_text, set::closed_set};

closed_set!(
    /// The condition in which a hub came in.
    Condition, "a condition", {
        Ok => "ok",
        Opened => "opened",
        Damaged => "damaged",
    }
);

/// A line of the file of what was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedLine {
    /// Its line of the file; that of the header is 1.
    pub line: u32,
    /// The CHF.
    pub chf: Eui64,
    /// What it came in.
    pub package: Package,
    /// Its condition.
    pub condition: Condition,
}

/// A hub of an order as a delivery is checked against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredHub {
    /// The CHF.
    pub chf: Eui64,
    /// What it is packed in, as the order has it.
    pub package: Package,
    /// The hub as the SMI has it now, or why it has none.
    pub hub: Result<HeldHub, NoHub>,
    /// Another open order that it is on: a hub that was missing is free, and may be asked for again before the file is corrected.
    pub other_order: Option<OrderNumber>,
}

closed_set!(
    /// Who unloads.
    Unloader, "who unloads", {
        Receiver => "receiver",
        Sender => "sender",
    }
);

/// The unloading of a delivery or of a re-delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unloading {
    by: Unloader,
    started_at: Timestamp,
    finished_at: Timestamp,
}

impl Unloading {
    /// An unloading from one instant to another, which has passed.
    ///
    /// # Errors
    /// When it ends before it begins, or after now.
    pub fn new(
        by: Unloader,
        started_at: Timestamp,
        finished_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, Malformed> {
        let text = instant_text(finished_at);
        if finished_at < started_at {
            let expected = format!("an end of the unloading that began at {}", instant_text(started_at));
            return Err(Malformed::new(&text, expected));
        }
        if finished_at > now {
            return Err(Malformed::new(&text, format!("in the past: it is {}", instant_text(now))));
        }
        Ok(Self { by, started_at, finished_at })
    }

    /// Who unloaded.
    pub const fn by(self) -> Unloader {
        self.by
    }

    /// When it began.
    pub const fn started_at(self) -> Timestamp {
        self.started_at
    }

    /// When it ended.
    pub const fn finished_at(self) -> Timestamp {
        self.finished_at
    }

    /// When liability passed: with the beginning where the receiver unloads, with the end where the sender does (MP155-R13).
    pub const fn liability_passed_at(self) -> Timestamp {
        match self.by {
            Unloader::Receiver => self.started_at,
            Unloader::Sender => self.finished_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    /// HUBS.md 8 row 26: unloaded by the sender, 10:00Z to 10:45Z.
    #[test]
    fn mp155_r13_liability_passes_with_the_beginning_or_the_end_of_unloading() {
        let at = |text| parse_instant(text).unwrap();
        let (start, end) = (at("2022-01-25T10:00:00Z"), at("2022-01-25T10:45:00Z"));
        let passed = |by| Unloading::new(by, start, end, end).unwrap().liability_passed_at();
        assert_eq!((passed(Unloader::Receiver), passed(Unloader::Sender)), (start, end));
    }

    /// HUBS.md 7: `finished_at` before `started_at`, or after now.
    #[test]
    fn an_unloading_has_ended_after_it_began() {
        let at = |text| parse_instant(text).unwrap();
        let (start, end) = (at("2022-01-25T10:00:00Z"), at("2022-01-25T10:45:00Z"));
        let fault =
            |start, end, now| Unloading::new(Unloader::Sender, start, end, now).unwrap_err().to_string();
        insta::assert_snapshot!(fault(end, start, end), @"`2022-01-25T10:00:00.000Z` is not an end of the unloading that began at 2022-01-25T10:45:00.000Z");
        insta::assert_snapshot!(fault(start, end, start), @"`2022-01-25T10:45:00.000Z` is not in the past: it is 2022-01-25T10:00:00.000Z");
        assert!(Unloading::new(Unloader::Sender, start, start, start).is_ok());
    }
}
