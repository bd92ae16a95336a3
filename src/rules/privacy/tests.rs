//! The rules of privacy assessments, PA/a to PA/i (SERVICE.md 3.4).

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    AnswerVersion, Eui64, Pence, RegulatoryYear, UserStatus,
    privacy::{AssessmentKind, AssessmentTrigger, Charging, PrivacyAssessment},
};

fn user(last: u8, roles: &[Role], status: UserStatus) -> User {
    User {
        id: Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, last, 0, 0]),
        party_signifier: format!("P{last}"),
        party_name: format!("Party {last}"),
        roles: roles.to_vec(),
        status,
        receive_response_url: None,
        answer_version: None::<AnswerVersion>,
    }
}

fn other(last: u8) -> User {
    user(last, &[Role::OU], UserStatus::Active)
}

fn year(text: &str) -> RegulatoryYear {
    text.parse().unwrap()
}

fn assessment(
    of: u8,
    kind: AssessmentKind,
    trigger: AssessmentTrigger,
    cost: Option<i64>,
) -> PrivacyAssessment {
    PrivacyAssessment {
        id: format!("{of}-{kind}-{trigger}").parse().unwrap(),
        user: other(of).id,
        kind,
        trigger,
        for_year: year("2026"),
        auditor: None,
        raised_on: jiff::civil::date(2026, 4, 1),
        started_on: None,
        completed_on: None,
        findings: None,
        cost: cost.map(|pence| Pence::new(pence).into()),
        reasonable: None,
    }
}

/// PA/a, DP144-R1: an Other User is OU, and no Supplier and no Network Party.
#[test]
fn pa_a_dp144_r1_an_other_user_has_no_role_of_a_supplier_or_a_network() {
    for role in Role::ALL {
        let expected = matches!(role, Role::RSA | Role::OU);
        assert_eq!(is_other_user(&user(1, &[Role::OU, *role], UserStatus::Active)), expected, "{role}");
        assert_eq!(is_other_user(&user(1, &[*role], UserStatus::Active)), *role == Role::OU, "{role} alone");
    }
    assert!(!is_other_user(&user(1, &[], UserStatus::Active)));
}

/// PA/b, PA/c, DP144-R7: equal is not over; raised once a User and year.
#[test]
fn pa_c_dp144_r7_passing_the_threshold_raises_one_assessment() {
    let users = vec![other(4), other(5), other(6), user(7, &[Role::IS, Role::OU], UserStatus::Active)];
    let counts = BTreeMap::from([(users[0].id, 3), (users[1].id, 4), (users[3].id, 99)]);
    let today = jiff::civil::date(2026, 6, 1);
    let found = activity(year("2026"), users.clone(), &counts, Some(3), &[]);
    let seen = found.iter().map(|one| (one.requests, one.is_over)).collect::<Vec<_>>();
    assert_eq!(seen, [(3, false), (4, true), (0, false)], "a Supplier is not counted");
    let evaluation = evaluate(year("2026"), 3, &found, &[], today);
    let [(raised, step)] = evaluation.raised.as_slice() else { panic!("{evaluation:?}") };
    assert_eq!((raised.user, raised.trigger), (users[1].id, AssessmentTrigger::Threshold));
    assert_eq!(raised.kind, AssessmentKind::RandomSample);
    assert_eq!(raised.id.as_str(), "2026-90-B3-D5-1F-30-05-00-00");
    assert_eq!(step.saw, "4 Service Requests in the year from 1 April 2026; the threshold is 3");
    // Under another trigger it is known by its ID, and under another ID by its trigger.
    let retyped = PrivacyAssessment { trigger: AssessmentTrigger::Panel, ..raised.clone() };
    let renamed = PrivacyAssessment { id: "A-1".parse().unwrap(), ..raised.clone() };
    for before in [raised.clone(), retyped, renamed] {
        let there = std::slice::from_ref(&before);
        let again = activity(year("2026"), users.clone(), &counts, Some(3), there);
        assert_eq!(again[1].assessment.as_ref(), Some(&before.id));
        let evaluation = evaluate(year("2026"), 3, &found, there, today);
        assert_eq!((evaluation.raised.len(), evaluation.existing), (0, vec![before.id.clone()]));
        assert_eq!(evaluate(year("2027"), 3, &found, there, today).raised.len(), 1, "another year");
    }
    assert!(
        activity(year("2026"), users, &counts, None, &[]).iter().all(|one| !one.is_over),
        "without a threshold"
    );
}

/// PA/d, DP144-R3 to R6, C36: the whole table.
#[test]
fn pa_d_dp144_r3_r4_r5_r6_who_pays_is_a_table() {
    let mut table = String::new();
    for kind in AssessmentKind::ALL {
        for trigger in AssessmentTrigger::ALL {
            let targets = Charging::ALL.iter().map(|charging| target(*charging, *kind, *trigger).as_str());
            table += &format!("{kind} {trigger}: {}\n", targets.collect::<Vec<_>>().join(", "));
        }
    }
    insta::assert_snapshot!(table, @r"
    random_sample threshold: socialised, other_user
    random_sample panel: socialised, socialised
    random_sample other: socialised, other_user
    other threshold: other_user, other_user
    other panel: other_user, other_user
    other other: other_user, other_user
    ");
    let (before, from) = (jiff::civil::date(2026, 3, 31), jiff::civil::date(2026, 4, 1));
    assert_eq!(charging_of(before, Some(from)), Charging::Baseline);
    assert_eq!(charging_of(from, Some(from)), Charging::Proposed);
    assert_eq!(charging_of(from, None), Charging::Baseline);
}

/// SERVICE.md 7 row 35: both allocations and the shares to the penny.
#[test]
fn pa_f_pa_g_dp144_r10_row_35_both_allocations_have_one_total() {
    let sample = AssessmentKind::RandomSample;
    let assessments = [
        assessment(4, sample, AssessmentTrigger::Threshold, Some(2_500_000)),
        assessment(4, sample, AssessmentTrigger::Panel, Some(5_300_000)),
    ];
    let users =
        [other(4), user(1, &[Role::IS], UserStatus::Active), user(2, &[Role::ED], UserStatus::Active)];
    let found = report(year("2026"), &assessments, &users);
    let PrivacyLine { baseline_user, baseline_socialised, proposed_user, proposed_socialised, .. } =
        found.total;
    assert_eq!((baseline_user.get(), baseline_socialised.get()), (0, 7_800_000));
    assert_eq!((proposed_user.get(), proposed_socialised.get()), (2_500_000, 5_300_000));
    assert_eq!(found.lines[0].1, "Party 4");
    let pence = shares(&found, &users).into_iter().map(|share| share.proposed.get()).collect::<Vec<_>>();
    assert_eq!(pence, [1_766_667, 1_766_667, 1_766_666]);
    assert!(shares(&found, &[]).is_empty(), "nobody is Active");
    assert_eq!(report(year("2025"), &assessments, &users).lines, []);
}

/// PA/h, DP144-R9.
#[test]
fn pa_h_dp144_r9_who_was_not_assessed_is_listed() {
    let done = |on| PrivacyAssessment {
        completed_on: Some(on),
        ..assessment(4, AssessmentKind::Other, AssessmentTrigger::Other, None)
    };
    let users = || {
        vec![
            other(4),
            other(5),
            user(6, &[Role::OU], UserStatus::Suspended),
            user(1, &[Role::ED], UserStatus::Active),
        ]
    };
    let listed = |assessments: &[PrivacyAssessment]| {
        not_assessed(year("2026"), assessments, users())
            .iter()
            .map(|user| user.party_name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&[done(jiff::civil::date(2026, 4, 1))]), ["Party 5"]);
    assert_eq!(listed(&[done(jiff::civil::date(2026, 3, 31))]), ["Party 4", "Party 5"]);
}

fn any_assessment() -> impl Strategy<Value = PrivacyAssessment> {
    let kinds = proptest::sample::select(AssessmentKind::ALL);
    let triggers = proptest::sample::select(AssessmentTrigger::ALL);
    (1_u8..6, kinds, triggers, proptest::option::of(0_i64..100_000_000))
        .prop_map(|(of, kind, trigger, cost)| assessment(of, kind, trigger, cost))
}

proptest! {
    /// PA/f, PA/g, DP144-R10: whatever there is, each allocation adds up to the cost, and the shares to what is shared.
    #[test]
    fn pa_f_each_allocation_adds_up_to_the_cost(
        assessments in proptest::collection::vec(any_assessment(), 0..12),
        active in 1_u8..40,
    ) {
        let users = (1..=active).map(other).collect::<Vec<_>>();
        let found = report(year("2026"), &assessments, &users);
        for line in found.lines.iter().map(|(_, _, line)| *line).chain([found.total]) {
            prop_assert_eq!(line.baseline_user + line.baseline_socialised, line.cost);
            prop_assert_eq!(line.proposed_user + line.proposed_socialised, line.cost);
        }
        let lines = found.lines.iter().map(|(_, _, line)| line.cost).sum::<Pence>();
        prop_assert_eq!(lines, found.total.cost);
        let shares = shares(&found, &users);
        prop_assert_eq!(shares.iter().map(|share| share.baseline).sum::<Pence>(), found.total.baseline_socialised);
        prop_assert_eq!(shares.iter().map(|share| share.proposed).sum::<Pence>(), found.total.proposed_socialised);
        let spread = shares.iter().map(|share| share.proposed.get()).collect::<Vec<_>>();
        prop_assert!(spread.iter().max().unwrap() - spread.iter().min().unwrap() <= 1);
    }
}
