//! The reports of a month (SERVICE.md 5.5; MP230-R18, R19).

use serde_json::Value;
use smi::rules::event::DeviceEvent;

use super::{
    CAP_CHANGE, activate,
    desk::{Desk, contact_above},
    event, meter,
};

/// In March a batch that is met with one too many beside it, a day with a free image, and one that is not done; another in April.
fn desk() -> Desk {
    let desk = Desk::new(contact_above(2), 12);
    let agreed = desk.ask(&[("2026-03-02", 3), ("2026-03-05", 3), ("2026-04-01", 3)]);
    desk.agree(&agreed);
    let send = |at: &str, numbers: std::ops::Range<u16>| {
        desk.smi.move_to(at);
        numbers.for_each(|number| assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99"));
    };
    send("2026-03-02T09:00:00Z", 0..4);
    send("2026-03-03T09:00:00Z", 4..5);
    send("2026-03-05T09:00:00Z", 5..6);
    desk.smi.move_to("2026-03-06T09:00:00Z");
    for number in 0..5 {
        event(&desk.smi, meter(number), DeviceEvent::FirmwareActivated).unwrap();
    }
    desk.smi.move_to("2026-03-11T09:00:00Z");
    desk
}

#[test]
fn mp230_r18_the_report_of_response_times_has_each_batch_of_the_month() {
    let desk = desk();
    let (status, csv) = desk.page("/manage/reports/firmware-trt?month=2026-03&format=csv");
    assert_eq!(status, 200);
    insta::assert_snapshot!(csv);
    let json = desk.get("/manage/reports/firmware-trt?month=2026-03");
    let rows = json.get("rows").and_then(Value::as_array).unwrap();
    let first = rows.first().unwrap();
    assert_eq!((first.get("result"), first.get("sent")), (Some(&"met".into()), Some(&3.into())));
    assert_eq!(rows.len(), csv.lines().count() - 1);
}

#[test]
fn mp230_r19_the_report_of_use_counts_by_day_image_and_standing() {
    let (_, csv) = desk().page("/manage/reports/firmware-use?month=2026-03&format=csv");
    insta::assert_snapshot!(csv);
}

/// SERVICE.md 6: a month that is none; and a report that there is not.
#[test]
fn an_unknown_report_or_month_is_named() {
    let desk = Desk::new(contact_above(2), 0);
    let get = |path: &str| desk.call("GET", &format!("/manage/reports/{path}"), &Value::Null);
    let month = get("firmware-trt?month=2026-13");
    assert_eq!(month.refusal(), (400, "month: `2026-13` is not a month like `2026-03`"));
    let name = get("firmware.csv");
    assert_eq!(name.refusal().0, 404, "{name:?}");
    assert!(
        name.refusal()
            .1
            .starts_with("report: `firmware.csv` is not a report: one of estate, status, firmware, ")
    );
}
