//! The count and the duty to contact: FW/a to FW/e.

use crate::{
    domain::{
        ActivationStanding, BatchNumber, CountedActivation, DayBatch, Eui64, FirmwareDay, FirmwareHash,
        ImageSize, ImageSource, RegisteredImage, Trace, parse_date, parse_instant,
    },
    rules::firmware::{
        FirmwareSettings, ProposedDelivery, ResponseTime, check_delivery, count::count, limit_of,
    },
};

const USER: Eui64 = Eui64::from_octets([1; 8]);
const IMAGE: FirmwareHash = FirmwareHash::from_octets([1; 32]);
const WHOLE: FirmwareHash = FirmwareHash::from_octets([2; 32]);

fn image(bytes: u32) -> RegisteredImage {
    RegisteredImage {
        hash: IMAGE,
        size: ImageSize::new(bytes).unwrap(),
        version: "0A000001".parse().unwrap(),
        model: None,
        part_of: Some(WHOLE),
        name: None,
        source: ImageSource::File,
        registered_at: parse_instant("2026-01-01").unwrap(),
    }
}

fn batch(number: i64, hash: FirmwareHash, images: u32) -> DayBatch {
    DayBatch { number: BatchNumber(number), hash, images, sent: 0 }
}

/// Counts so many activations; the last one, and what it noted.
fn after(
    day: &mut FirmwareDay,
    times: u32,
    settings: &FirmwareSettings,
) -> (CountedActivation, bool, String) {
    let date = parse_date("2026-03-02").unwrap();
    let mut last = None;
    for _ in 0..times {
        let mut trace = Trace::default();
        let counted = count(USER, date, &image(900_000), day, settings, &mut trace).unwrap();
        day.add(&counted);
        let step = trace.steps().last().unwrap();
        last = Some((counted, step.holds, step.saw.clone()));
    }
    last.unwrap()
}

/// SERVICE.md 7/27, MP230-R2, R21.
#[test]
fn fw_e_the_501st_image_of_a_day_exceeds_it_and_is_accepted() {
    let (mut day, settings) = (FirmwareDay::default(), FirmwareSettings::default());
    let (counted, holds, saw) = after(&mut day, 500, &settings);
    assert_eq!((counted.standing(), holds), (ActivationStanding::Free, true));
    assert_eq!(saw, "900000 bytes, large; 500 of 500 on 2026-03-02; free");
    let (counted, holds, saw) = after(&mut day, 1, &settings);
    assert_eq!((counted.standing(), holds), (ActivationStanding::Unscheduled, false));
    assert_eq!(saw, "900000 bytes, large; 501 of 500 on 2026-03-02; unscheduled");
    assert!(counted.is_first_over);
    assert!(!after(&mut day, 1, &settings).0.is_first_over, "the User is told once");
    let annex_a = FirmwareSettings { contact_above_images: 12_000, ..settings };
    assert_eq!(after(&mut FirmwareDay::default(), 501, &annex_a).0.standing(), ActivationStanding::Free);
}

/// MP230-R3, T1: 5,000 agreed and 5,200 sent.
#[test]
fn fw_e_an_agreed_batch_has_its_places_and_the_rest_is_unscheduled() {
    let settings = FirmwareSettings::default();
    let mut day = FirmwareDay { batches: vec![batch(1, WHOLE, 5_000)], ..FirmwareDay::default() };
    let (counted, holds, _) = after(&mut day, 5_000, &settings);
    assert_eq!((counted.batch, counted.limit, holds), (Some(BatchNumber(1)), Some(5_000), true));
    let (counted, holds, saw) = after(&mut day, 200, &settings);
    assert_eq!((counted.standing(), holds), (ActivationStanding::Unscheduled, false));
    assert_eq!(saw, "900000 bytes, large; 5200 of 5000 on 2026-03-02; unscheduled");
    assert_eq!((day.images, day.batches.first().unwrap().sent), (5_200, 5_000));
}

/// FW/r: marks set before stay, and what is sent afterwards has its place.
#[test]
fn fw_r_a_schedule_of_today_covers_what_is_sent_after_it() {
    let (mut day, settings) = (FirmwareDay::default(), FirmwareSettings::default());
    assert_eq!(after(&mut day, 600, &settings).0.standing(), ActivationStanding::Unscheduled);
    day.batches.push(batch(1, IMAGE, 1_000));
    let (counted, holds, saw) = after(&mut day, 1, &settings);
    assert_eq!((counted.standing(), holds, day.is_exceeded), (ActivationStanding::Batch, true, true));
    assert_eq!(saw, "900000 bytes, large; 601 of 1000 on 2026-03-02; batch 1");
    // A batch of another image has no place for it.
    day.batches = vec![batch(1, FirmwareHash::from_octets([9; 32]), 1_000)];
    assert_eq!(after(&mut day, 1, &settings).0.standing(), ActivationStanding::Unscheduled);
}

/// FW/b, and FW/d before MP230 (GOV-R1).
#[test]
fn fw_b_what_is_not_large_is_not_counted() {
    let (date, settings) = (parse_date("2026-03-02").unwrap(), FirmwareSettings::default());
    let counts = |bytes| {
        let mut trace = Trace::default();
        count(USER, date, &image(bytes), &FirmwareDay::default(), &settings, &mut trace).is_some()
    };
    assert_eq!([1, 750_000, 750_001].map(counts), [false, false, true]);
    let on = |day: &str, agreed| limit_of(parse_date(day).unwrap(), agreed, &settings);
    assert_eq!(
        [on("2024-11-06", 900), on("2024-11-07", 0), on("2026-03-02", 900)],
        [None, Some(500), Some(900)]
    );
}

/// SERVICE.md 7/25, FW/a, MP230-T1, R1, R14: both comparisons are strict, and all other firmware goes its normal way.
#[test]
fn fw_d_both_thresholds_must_be_exceeded_before_the_duty_applies() {
    use ResponseTime::{Applies, NotUntilAgreed};
    let settings = FirmwareSettings::default();
    let check = |bytes, images, is_smets1| {
        let day = parse_date("2026-03-02").unwrap();
        let delivery = ProposedDelivery { size: ImageSize::new(bytes).unwrap(), images, is_smets1, day };
        let checked = check_delivery(&delivery, &FirmwareDay::default(), &settings);
        (checked.contact, checked.response_time)
    };
    assert_eq!(check(750_000, 501, true), (false, Applies));
    assert_eq!(check(750_001, 500, true), (false, Applies));
    assert_eq!(check(750_001, 501, true), (true, NotUntilAgreed));
    assert_eq!(check(900_000, 1_000, false), (false, Applies));
    assert_eq!(check(1_500_000, 501, true), (true, NotUntilAgreed), "two parts of 750,000");
}

#[test]
fn fw_d_what_is_sent_and_agreed_counts_with_it() {
    let settings = FirmwareSettings::default();
    let before = FirmwareDay { images: 4_000, is_exceeded: false, batches: vec![batch(1, IMAGE, 5_000)] };
    let check = |images, settings: &FirmwareSettings| {
        let (size, day) = (ImageSize::new(900_000).unwrap(), parse_date("2026-03-02").unwrap());
        check_delivery(&ProposedDelivery { size, images, is_smets1: true, day }, &before, settings)
    };
    let within = check(1_000, &settings);
    assert_eq!((within.count, within.contact, within.response_time), (5_000, false, ResponseTime::PerBatch));
    let over = check(1_001, &settings);
    assert_eq!(
        (over.limit, over.contact, over.response_time),
        (Some(5_000), true, ResponseTime::NotUntilAgreed)
    );
    let exceeded = FirmwareDay { is_exceeded: true, ..before.clone() };
    let (size, day) = (ImageSize::new(900_000).unwrap(), parse_date("2026-03-02").unwrap());
    let one = ProposedDelivery { size, images: 1, is_smets1: true, day };
    assert!(check_delivery(&one, &exceeded, &settings).contact, "FW/e: what follows is unscheduled, too");
    let no_clock = FirmwareSettings { response_days: 0, ..settings };
    assert_eq!(check(1_001, &no_clock).response_time, ResponseTime::NoClock);
}
