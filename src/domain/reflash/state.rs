//! The states of a re-flash order and of its hubs, and the events that lead from one to another (HUBS.md 4).

use crate::domain::set::closed_set;

closed_set!(
    /// The state of a re-flash order.
    OrderState, "the state of an order", {
        Submitted => "Submitted",
        Rejected => "Rejected",
        Authorised => "Authorised",
        Despatched => "Despatched",
        Received => "Received",
        Refused => "Refused",
        InWork => "InWork",
        Done => "Done",
        Released => "Released",
        Closed => "Closed",
        Cancelled => "Cancelled",
    }
);

impl OrderState {
    /// Whether the order is open: its hubs are on no other order (RF/n).
    pub const fn is_open(self) -> bool {
        match self {
            Self::Submitted
            | Self::Authorised
            | Self::Despatched
            | Self::Received
            | Self::InWork
            | Self::Done
            | Self::Released => true,
            Self::Rejected | Self::Refused | Self::Closed | Self::Cancelled => false,
        }
    }

    /// Whether its hubs take room at the site: from Authorised to Done (RF/q, A-009).
    pub const fn takes_room(self) -> bool {
        match self {
            Self::Authorised | Self::Despatched | Self::Received | Self::InWork | Self::Done => true,
            Self::Submitted
            | Self::Rejected
            | Self::Refused
            | Self::Released
            | Self::Closed
            | Self::Cancelled => false,
        }
    }

    /// Whether its hubs are away from their Party: from Despatched to Released.
    pub const fn is_away(self) -> bool {
        match self {
            Self::Despatched | Self::Received | Self::InWork | Self::Done | Self::Released => true,
            Self::Submitted
            | Self::Rejected
            | Self::Authorised
            | Self::Refused
            | Self::Closed
            | Self::Cancelled => false,
        }
    }
}

closed_set!(
    /// The state of a hub on an order.
    OrderHubState, "the state of a hub on an order", {
        Listed => "listed",
        Accepted => "accepted",
        NotAccepted => "not_accepted",
        Missing => "missing",
        Reflashed => "reflashed",
        Failed => "failed",
    }
);

impl OrderHubState {
    /// Whether it came in with the delivery and was accepted, whatever became of it then.
    pub const fn was_accepted(self) -> bool {
        match self {
            Self::Accepted | Self::Reflashed | Self::Failed => true,
            Self::Listed | Self::NotAccepted | Self::Missing => false,
        }
    }

    /// Whether the hub is on the order as long as that is open: one that was not accepted or is missing is free at once.
    pub const fn is_on_the_order(self) -> bool {
        match self {
            Self::Listed | Self::Accepted | Self::Reflashed | Self::Failed => true,
            Self::NotAccepted | Self::Missing => false,
        }
    }
}

closed_set!(
    /// What happens to an order.
    OrderEvent, "an event of an order", {
        Request => "Request",
        Authorise => "Authorise",
        Reject => "Reject",
        Cancel => "Cancel",
        Withdraw => "Withdraw",
        Correct => "Correct",
        Despatch => "Despatch",
        Late => "Late",
        AcceptLate => "AcceptLate",
        RefuseLate => "RefuseLate",
        // The file of what was delivered.
        Receive => "Receive",
        Start => "Start",
        // The next hubs for the units of the site.
        Batch => "Batch",
        // A file of outcomes, CSPM-N3 or SSMI.
        Outcome => "Outcome",
        Finish => "Finish",
        Amend => "Amend",
        Release => "Release",
        Redelivered => "Redelivered",
    }
);

closed_set!(
    /// Who brings an event about.
    OrderActor, "who acts on an order", {
        Party => "Party",
        Dcc => "DCC",
        Csp => "CSP",
    }
);

closed_set!(
    /// How the SMI learns of the new firmware (MP155-C21).
    SmiUpdate, "a way of updating the SMI", {
        // Option A: the CSP tells by CSPM-N3.
        N3 => "n3",
        // Option B: the DCC uploads a file.
        Ssmi => "ssmi",
    }
);

closed_set!(
    /// What a notice about an order tells; the kind of the notice.
    OrderNotice, "a notice about an order", {
        Rejected => "reflash.rejected",
        Authorised => "reflash.authorised",
        LateAccepted => "reflash.late_accepted",
        LateRefused => "reflash.late_refused",
        Delivery => "reflash.delivery",
        Completed => "reflash.completed",
        Released => "reflash.released",
        Statement => "reflash.statement",
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::NoticeKind;

    #[test]
    fn every_notice_is_of_a_kind() {
        for notice in OrderNotice::ALL {
            assert!(notice.as_str().parse::<NoticeKind>().is_ok(), "{notice}");
        }
    }

    /// HUBS.md 4: "from Submitted until Closed, Rejected, Refused or Cancelled"; MP155-T6, A-009: "from Authorised to Done".
    #[test]
    fn states_say_whether_an_order_is_open_and_where_its_hubs_are() {
        let table = OrderState::ALL.iter().map(|state| {
            let mark = |holds: bool, word: &'static str| if holds { word } else { "-" };
            let (open, away) = (mark(state.is_open(), "open"), mark(state.is_away(), "away"));
            format!("{state:10} {open:4} {:4} {away}", mark(state.takes_room(), "room"))
        });
        insta::assert_snapshot!(table.collect::<Vec<_>>().join("\n"), @r"
        Submitted  open -    -
        Rejected   -    -    -
        Authorised open room -
        Despatched open room away
        Received   open room away
        Refused    -    -    -
        InWork     open room away
        Done       open room away
        Released   open -    away
        Closed     -    -    -
        Cancelled  -    -    -
        ");
    }
}
