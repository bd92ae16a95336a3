//! The statement of an order: what is charged and what is credited (HUBS.md 4; MP155-R19, R31).

use std::collections::BTreeMap;

use super::Credit;
use crate::domain::{
    Band, Calendar, ChargeKind, Charges, Date, FarDate, Pence, RegulatoryYear, Timestamp, london_date,
    reflash::OrderHubState,
};

/// The statement of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The Regulatory Year of the London day of receipt, whose charges hold.
    pub year: RegulatoryYear,
    /// One line for each band.
    pub lines: Vec<StatementLine>,
    /// What is charged and what is credited in all; none where a charge is not known.
    pub totals: Option<Totals>,
}

/// The hubs of one band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// The band; none where the SMI has none.
    pub band: Option<Band>,
    /// How many were accepted.
    pub accepted: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The charge for one that was accepted; none where it is not known.
    pub charge: Option<Pence>,
    /// The credit for one that failed; none where the charge is not known.
    pub credit: Option<Pence>,
}

/// Sums of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// What is charged.
    pub charged: Pence,
    /// What is credited.
    pub credited: Pence,
}

impl Totals {
    /// What is left to pay.
    pub fn due(self) -> Pence {
        self.charged - self.credited
    }
}

/// Makes the statement: the `REFLASH` charge of the year for each accepted hub, and a credit for each that failed. K7.5(o) and (p) are
/// charges of other services, and transport is quoted separately.
pub fn statement<'a>(
    hubs: impl IntoIterator<Item = (Option<&'a Band>, OrderHubState)>,
    received_on: Date,
    charges: &Charges,
    credit: Credit,
) -> Statement {
    let mut counts = BTreeMap::<Option<Band>, (u64, u64)>::new();
    for (band, state) in hubs.into_iter().filter(|(_, state)| state.was_accepted()) {
        let (accepted, failed) = counts.entry(band.cloned()).or_default();
        *accepted += 1;
        *failed += u64::from(state == OrderHubState::Failed);
    }
    let year = RegulatoryYear::of(received_on);
    let line = |(band, (accepted, failed)): (Option<Band>, (u64, u64))| {
        let charge = charges.cost(year, ChargeKind::Reflash, band.as_ref());
        let credit = charge.map(|charge| match credit {
            Credit::Charge => charge,
            Credit::Amount(amount) => amount,
        });
        StatementLine { band, accepted, failed, charge, credit }
    };
    let lines = counts.into_iter().map(line).collect::<Vec<_>>();
    let totals = lines.iter().try_fold(Totals::default(), |sum, line| {
        Some(Totals {
            charged: sum.charged + line.charge?.times(line.accepted),
            credited: sum.credited + line.credit?.times(line.failed),
        })
    });
    Statement { year, lines, totals }
}

/// How many Working Days went by from the London day of one instant to that of another; none is a breach (MP155-T6 A-012).
///
/// # Errors
/// When the calendar does not reach so far.
pub fn elapsed_working_days(from: Timestamp, to: Timestamp, calendar: &Calendar) -> Result<u32, FarDate> {
    let (mut day, end) = (london_date(from), london_date(to));
    let mut elapsed = 0;
    loop {
        day = calendar.working_days_after(day, 1)?;
        if day > end {
            return Ok(elapsed);
        }
        elapsed += 1;
    }
}
