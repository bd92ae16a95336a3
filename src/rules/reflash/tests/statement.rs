//! The statement: charges by band and Regulatory Year, credits, elapsed time.

use super::*;
use crate::domain::{Band, Charge, ChargeKind, Charges, Pence, parse_instant, reflash::OrderHubState};

fn charge(year: &str, kind: ChargeKind, band: Option<&str>, cost: &str) -> Charge {
    Charge { year: parsed(year), kind, band: band.map(Band::of_variant), cost: parsed(cost) }
}

/// The charges of W, and one of a band.
fn charges() -> Charges {
    [
        charge("2021", ChargeKind::Reflash, None, "12"),
        charge("2022", ChargeKind::Reflash, None, "12.50"),
        charge("2022", ChargeKind::Reflash, Some("Dual Band"), "13"),
        charge("2021", ChargeKind::NotRedeployed, Some("Single Band"), "30.87"),
        charge("2021", ChargeKind::NotRedeployed, Some("Dual Band"), "58.75"),
    ]
    .into_iter()
    .collect()
}

fn text(statement: &Statement) -> String {
    let pounds = |pence: Option<Pence>| pence.map_or("not known".to_owned(), |pence| pence.to_string());
    let line = |line: &StatementLine| {
        format!(
            "{}: {} accepted at {}, {} failed at {}",
            line.band.as_ref().map_or("-", Band::as_str),
            line.accepted,
            pounds(line.charge),
            line.failed,
            pounds(line.credit)
        )
    };
    let total = statement.totals.map_or("no totals".to_owned(), |totals| {
        format!("charged {}, credited {}, due {}", totals.charged, totals.credited, totals.due())
    });
    let lines = statement.lines.iter().map(line).chain([total]);
    format!("{}\n{}", statement.year, lines.collect::<Vec<_>>().join("\n"))
}

/// MP155-R19, R31; O23: the charge of the year of receipt for each hub that was accepted, and the same back for each that failed.
#[test]
fn mp155_r19_r31_a_failure_costs_nothing_and_other_charges_are_never_asked() {
    use OrderHubState::{Accepted, Failed, Missing, NotAccepted, Reflashed};
    let (single, dual) = (Band::of_variant("Single Band"), Band::of_variant("Dual Band"));
    let hubs = [
        (Some(&single), Reflashed),
        (Some(&single), Reflashed),
        (Some(&single), Failed),
        (Some(&dual), Accepted),
        (None, Reflashed),
        (Some(&dual), Missing),
        (Some(&dual), NotAccepted),
    ];
    let stated = |received_on, credit| text(&statement(hubs, received_on, &charges(), credit));
    insta::assert_snapshot!(stated(date(2022, 3, 31), Credit::Charge), @"
        2021
        -: 1 accepted at 12.00, 0 failed at 12.00
        SBCH: 3 accepted at 12.00, 1 failed at 12.00
        DBCH: 1 accepted at 12.00, 0 failed at 12.00
        charged 60.00, credited 12.00, due 48.00
        ");
    insta::assert_snapshot!(stated(date(2022, 4, 1), Credit::Amount(Pence::new(100))), @"
        2022
        -: 1 accepted at 12.50, 0 failed at 1.00
        SBCH: 3 accepted at 12.50, 1 failed at 1.00
        DBCH: 1 accepted at 13.00, 0 failed at 1.00
        charged 63.00, credited 1.00, due 62.00
        ");
    // Not known: counts, and no pounds.
    insta::assert_snapshot!(stated(date(2023, 4, 1), Credit::Charge), @"
        2023
        -: 1 accepted at not known, 0 failed at not known
        SBCH: 3 accepted at not known, 1 failed at not known
        DBCH: 1 accepted at not known, 0 failed at not known
        no totals
        ");
}

/// MP155-T6 A-012.
#[test]
fn elapsed_time_is_told_in_working_days() {
    let elapsed = |from: &str, to: &str| {
        let at = |text| parse_instant(text).unwrap();
        elapsed_working_days(at(from), at(to), &Calendar::default()).unwrap()
    };
    assert_eq!(elapsed("2021-12-23T10:00:00Z", "2021-12-23T16:00:00Z"), 0);
    assert_eq!(elapsed("2021-12-23T10:00:00Z", "2021-12-29T09:00:00Z"), 2);
    assert_eq!(elapsed("2022-01-28T10:00:00Z", "2022-02-04T10:00:00Z"), 5);
}
