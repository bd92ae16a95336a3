//! What a User asks for: FW/f to FW/h, FW/p.

use std::collections::BTreeMap;

use crate::{
    domain::{
        AskedBatch, BatchNumber, Calendar, Date, DayBatch, Eui64, FirmwareDay, FirmwareHash, ImageSize, Role,
        ScheduleAsk, User, UserStatus, parse_date, parse_instant,
    },
    rules::firmware::{AskFacts, CheckedAsk, FirmwareSettings, check_ask, part_set_waits_too_long},
};

fn supplier(roles: &[Role], status: UserStatus) -> User {
    User {
        id: Eui64::from_octets([1; 8]),
        party_signifier: "SUPA".to_owned(),
        party_name: "Alder".to_owned(),
        roles: roles.to_vec(),
        status,
        receive_response_url: None,
        answer_version: None,
    }
}

fn batch(day: &str, images: u32) -> AskedBatch {
    AskedBatch { day: parse_date(day).unwrap(), images, update_firmware_on: None }
}

fn ask(images: Option<u32>, batches: Vec<AskedBatch>) -> ScheduleAsk {
    ScheduleAsk {
        user: Eui64::from_octets([1; 8]),
        hash: FirmwareHash::from_octets([1; 32]),
        size: None,
        images,
        batches,
        security: false,
        reason: None,
    }
}

fn check(ask: &ScheduleAsk, user: Option<&User>, registered: Option<u32>) -> CheckedAsk {
    check_beside(ask, user, registered, &BTreeMap::new())
}

fn check_beside(
    ask: &ScheduleAsk,
    user: Option<&User>,
    registered: Option<u32>,
    days: &BTreeMap<Date, FirmwareDay>,
) -> CheckedAsk {
    let registered = registered.map(|bytes| ImageSize::new(bytes).unwrap());
    let (today, calendar) = (parse_date("2026-03-01").unwrap(), Calendar::default());
    let facts = AskFacts { user, registered, days, today, calendar: &calendar };
    check_ask(ask, &facts, &FirmwareSettings::default())
}

/// What a rule saw, where it does not hold.
fn broken(checked: &CheckedAsk, rule: &str) -> Option<String> {
    let step = checked.checks.iter().find(|step| step.rule.id == rule).unwrap();
    (!step.holds).then(|| step.saw.clone())
}

/// SERVICE.md 6, MP230-R4.
#[test]
fn fw_f_an_ask_names_user_size_and_number() {
    let good = supplier(&[Role::IS], UserStatus::Active);
    let one = || vec![batch("2026-03-02", 600)];
    let sized = |size| ScheduleAsk { size: ImageSize::new(size), ..ask(Some(600), one()) };
    let f = |checked: &CheckedAsk| broken(checked, "FW/f");
    assert_eq!(f(&check(&ask(Some(600), one()), Some(&good), Some(900_000))), None);
    assert_eq!(f(&check(&sized(900_000), Some(&good), Some(900_000))), None);
    assert_eq!(f(&check(&sized(900_000), Some(&good), None)), None);
    for (checked, saw) in [
        (check(&ask(None, one()), Some(&good), Some(900_000)), "images: missing"),
        (check(&ask(Some(0), one()), Some(&good), Some(900_000)), "images: 0"),
        (
            check(&ask(Some(600), one()), Some(&good), None),
            "size_bytes: missing, and the register does not have the image",
        ),
        (
            check(&sized(800_000), Some(&good), Some(900_000)),
            "size_bytes: 800000, and the register has 900000",
        ),
        (check(&sized(1), None, None), "user_id: 01-01-01-01-01-01-01-01 is not known"),
        (
            check(&sized(1), Some(&supplier(&[Role::IS], UserStatus::Suspended)), None),
            "user_id: 01-01-01-01-01-01-01-01 is not Active",
        ),
        (
            check(&sized(1), Some(&supplier(&[Role::ES, Role::OU], UserStatus::Active)), None),
            "user_id: 01-01-01-01-01-01-01-01 has neither the role IS nor GS",
        ),
    ] {
        assert_eq!(f(&checked).as_deref(), Some(saw));
        assert_eq!(checked.accepted, None, "{saw}");
    }
}

/// SERVICE.md 6, MP230-R5, R15.
#[test]
fn fw_g_an_ask_that_is_not_split_is_returned_for_batching() {
    let good = supplier(&[Role::GS], UserStatus::Active);
    let g = |images, batches| broken(&check(&ask(Some(images), batches), Some(&good), Some(900_000)), "FW/g");
    let two = |images| vec![batch("2026-03-03", 12_000), batch("2026-03-02", images)];
    assert_eq!(g(24_000, two(12_000)), None);
    assert_eq!(g(600, vec![batch("2026-03-01", 600)]), None, "today is not past");
    for (saw, batches) in [
        ("23999 of 24000", two(11_999)),
        ("no batches", Vec::new()),
        ("2026-03-02: a batch of 12001; it has 1 to 12000 images; 24001 of 24000", two(12_001)),
        ("2026-02-28: is past", vec![batch("2026-02-28", 12_000), batch("2026-03-02", 12_000)]),
        ("2026-03-02: stands twice", vec![batch("2026-03-02", 12_000), batch("2026-03-02", 12_000)]),
    ] {
        assert_eq!(g(24_000, batches), Some(format!("returned for batching: {saw}")));
    }
    let days = parse_date("2026-03-02").unwrap().series(jiff::Span::new().days(1));
    let many = days.take(367).map(|day| AskedBatch { day, images: 1, update_firmware_on: None }).collect();
    let saw = g(367, many).unwrap();
    assert_eq!(saw, "returned for batching: 367 batches; a schedule has at most 366");
}

/// MP230-T1.
#[test]
fn fw_h_warns_where_no_schedule_is_needed() {
    let good = supplier(&[Role::IS], UserStatus::Active);
    let h = |bytes, images| {
        broken(
            &check(&ask(Some(images), vec![batch("2026-03-02", images)]), Some(&good), Some(bytes)),
            "FW/h",
        )
    };
    assert_eq!(h(900_000, 501), None);
    assert_eq!(h(900_000, 500).as_deref(), Some("900000 bytes, at most 500 images a day"));
    assert_eq!(h(750_000, 501).as_deref(), Some("750000 bytes, at most 501 images a day"));
}

/// The limit of a day is of all that the User has for it (FW/d).
#[test]
fn fw_h_counts_what_the_user_agreed_and_sent_for_the_day() {
    let good = supplier(&[Role::IS], UserStatus::Active);
    let number = BatchNumber(1);
    let agreed = DayBatch { number, hash: FirmwareHash::from_octets([2; 32]), images: 300, sent: 100 };
    let day = FirmwareDay { images: 150, is_exceeded: false, batches: vec![agreed] };
    assert_eq!(day.planned(), 350, "50 are in no batch");
    let days = [(parse_date("2026-03-02").unwrap(), day)].into();
    let h = |day, images| {
        let ask = ask(Some(images), vec![batch(day, images)]);
        broken(&check_beside(&ask, Some(&good), Some(900_000), &days), "FW/h")
    };
    assert_eq!(h("2026-03-02", 150).as_deref(), Some("900000 bytes, at most 500 images a day"));
    assert_eq!(h("2026-03-02", 151), None);
    assert!(h("2026-03-03", 151).is_some(), "another day");
}

/// MP230-R16: a part set is shown likewise.
#[test]
fn fw_p_a_part_set_is_late_on_the_eighth_day_after_its_first_part() {
    let late = |today: &str| {
        part_set_waits_too_long(parse_instant("2026-06-01T23:30:00Z").unwrap(), parse_date(today).unwrap())
    };
    // Its first part came on 2 June in London.
    assert_eq!([late("2026-06-09"), late("2026-06-10")], [false, true]);
}

/// SERVICE.md 7/33, MP230-R16.
#[test]
fn fw_p_warns_where_a_batch_ends_more_than_7_days_after_its_sr_11_1() {
    let good = supplier(&[Role::IS], UserStatus::Active);
    let warns = |update: Option<&str>| {
        let update_firmware_on = update.map(|day| parse_date(day).unwrap());
        let batches = vec![AskedBatch { update_firmware_on, ..batch("2026-03-05", 600) }];
        let checked = check(&ask(Some(600), batches), Some(&good), Some(900_000));
        assert!(checked.accepted.is_some(), "it is a warning");
        checked.checks.into_iter().find(|step| step.rule.id == "FW/p").map(|step| step.saw)
    };
    assert_eq!([warns(None), warns(Some("2026-03-03"))], [None, None]);
    let saw = "the batch of 2026-03-05 may take until 2026-03-10; its SR 11.1 is of 2026-03-02";
    assert_eq!(warns(Some("2026-03-02")).as_deref(), Some(saw));
}
