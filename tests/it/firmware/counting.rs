//! The count of large SR 11.3, their standing, and the batch that each has a place in (FW/c to FW/e, FW/m, FW/n).

#![expect(clippy::indexing_slicing, reason = "a path that is not there fails the test")]

use std::thread;

use serde_json::{Value, json};
use smi::{domain::WebService, rules::event::DeviceEvent, service::Choices};

use super::{
    CAP_CHANGE, activate, activation, by, decided_by,
    desk::{Desk, contact_above},
    event, meter, post, rows, saw, send,
};
use crate::support::{DCC, SUPPLIER};

fn day(desk: &Desk, day: &str) -> Value {
    desk.get(&format!("/manage/firmware/days?from={day}&days=1"))["days"][0].clone()
}

/// The numbers of a day: batch, free, unscheduled.
fn standings(desk: &Desk, of: &str) -> [u64; 3] {
    let day = day(desk, of);
    ["batch", "free", "unscheduled"].map(|name| day[name].as_u64().unwrap())
}

fn metric(desk: &Desk, standing: &str) -> String {
    let page = desk.smi.service.metrics_page();
    let name = format!("smi_firmware_images_total{{standing=\"{standing}\"}} ");
    page.lines().find_map(|line| line.strip_prefix(&name)).unwrap().to_owned()
}

/// SERVICE.md 7/27, MP230-R2, R3, R8: SR 11.1 moves no counter; the 501st SR 11.3 is accepted, and marked.
#[test]
fn mp230_r3_the_501st_image_of_a_day_is_accepted_and_marked() {
    let desk = Desk::new(Choices::of(DCC), 501);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    let devices = (0..501).map(meter).collect::<Vec<_>>();
    assert_eq!(send(&desk.smi, b"a firmware image", "0A000001", &devices).1.code, "I99");
    assert_eq!(standings(&desk, "2026-03-02"), [0, 0, 0]);
    for number in 0..500 {
        assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE), by("I99", "FW/e"));
    }
    assert_eq!(standings(&desk, "2026-03-02"), [0, 500, 0]);
    assert_eq!(desk.notices(), []);
    let last = activation(&desk.smi, meter(500), SUPPLIER, CAP_CHANGE);
    assert_eq!(post(&desk.smi, &last).0, "I99");
    assert_eq!(saw(&desk.smi, &last, "FW/e"), "900000 bytes, large; 501 of 500 on 2026-03-02; unscheduled");
    assert!(!desk.smi.decisions(last.id).pop().unwrap().steps.last().unwrap().holds);
    assert_eq!(standings(&desk, "2026-03-02"), [0, 0, 501]);
    let told = ("firmware.contact_required".to_owned(), format!("{SUPPLIER} 2026-03-02"));
    let notices = desk.notices();
    assert_eq!(
        notices.iter().map(|(kind, about, _)| (kind.clone(), about.clone())).collect::<Vec<_>>(),
        [told]
    );
    assert_eq!((metric(&desk, "free"), metric(&desk, "unscheduled")), ("500".to_owned(), "1".to_owned()));
}

/// SERVICE.md 7/27, MP230-R21: the threshold of Annex A.
#[test]
fn mp230_r21_under_another_threshold_nobody_is_asked_for_contact() {
    let desk = Desk::new(contact_above(12_000), 9);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    (0..9).for_each(|number| assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99"));
    assert_eq!(standings(&desk, "2026-03-02"), [0, 9, 0]);
    assert_eq!(desk.notices(), []);
}

/// FW/c: a replay and a refusal do not count, and London's midnight begins another day.
#[test]
fn fw_c_each_request_counts_once_on_its_london_day() {
    let desk = Desk::new(contact_above(2), 6);
    desk.smi.move_to("2026-06-10T22:59:59.999Z");
    let request = activation(&desk.smi, meter(0), SUPPLIER, CAP_CHANGE);
    let message = desk.smi.signed(&request);
    for _ in 0..3 {
        assert_eq!(desk.smi.post_to(WebService::Transform, &message).code, "I99");
    }
    assert_eq!(activate(&desk.smi, meter(0), CAP_CHANGE).0, "E5", "one is awaited of it");
    assert_eq!(activate(&desk.smi, meter(1), &"C".repeat(64)).0, "E100");
    assert_eq!(standings(&desk, "2026-06-10"), [0, 1, 0]);
    desk.smi.move_to("2026-06-10T23:00:00Z");
    for number in 1..3 {
        assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99");
    }
    assert_eq!((standings(&desk, "2026-06-10"), standings(&desk, "2026-06-11")), ([0, 1, 0], [0, 2, 0]));
    assert_eq!(activate(&desk.smi, meter(3), CAP_CHANGE).0, "I99");
    assert_eq!((standings(&desk, "2026-06-10"), standings(&desk, "2026-06-11")), ([0, 1, 0], [0, 0, 3]));
}

/// MP230-T1, and FW/r: marks set before stay.
#[test]
fn fw_e_an_agreed_batch_has_its_places_and_the_rest_is_unscheduled() {
    let desk = Desk::new(contact_above(2), 12);
    let agreed = desk.ask(&[("2026-03-02", 5)]);
    desk.agree(&agreed);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    for number in 0..7 {
        assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99");
    }
    assert_eq!(standings(&desk, "2026-03-02"), [5, 0, 2]);
    let shown = desk.show(&agreed);
    let batch = &shown["batches"][0];
    assert_eq!((&batch["sent"], &batch["state"]), (&json!(5), &"sending".into()));
    assert_eq!(batch["sent_at"], "2026-03-02T09:00:00.000Z");
    // A schedule that is agreed for today covers what is sent after it.
    let more = desk.ask(&[("2026-03-02", 3)]);
    desk.agree(&more);
    for number in 7..12 {
        assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99");
    }
    assert_eq!(standings(&desk, "2026-03-02"), [8, 0, 4]);
    assert_eq!(rows(&desk.smi, "SELECT CAST(images AS TEXT) AS text FROM firmware_days"), "12");
    let kinds = desk.notices().into_iter().filter(|(kind, ..)| kind == "firmware.contact_required").count();
    assert_eq!(kinds, 1, "once for the User and day");
}

/// SERVICE.md 7/33, MP230-R6, R18: the clock of a batch begins with its first activation and ends at the same wall clock five London
/// days later.
#[test]
fn mp230_r6_a_batch_is_met_at_its_due_time_and_missed_a_millisecond_later() {
    for (at, result) in [("2026-03-31T09:00:00.000Z", "met"), ("2026-03-31T09:00:00.001Z", "missed")] {
        let desk = Desk::new(contact_above(1), 2);
        let agreed = desk.ask(&[("2026-03-26", 2)]);
        desk.agree(&agreed);
        desk.smi.move_to("2026-03-26T10:00:00Z");
        (0..2).for_each(|number| assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99"));
        let batch = |desk: &Desk| desk.show(&agreed)["batches"][0].clone();
        assert_eq!(batch(&desk)["due_at"], "2026-03-31T09:00:00.000Z");
        event(&desk.smi, meter(0), DeviceEvent::FirmwareActivationFailed).unwrap();
        assert_eq!((&batch(&desk)["result"], &batch(&desk)["failed"]), (&"running".into(), &json!(1)));
        desk.smi.move_to(at);
        let open = batch(&desk);
        assert_eq!(
            open["result"],
            if result == "met" { "running" } else { "missed" },
            "nothing came by then"
        );
        event(&desk.smi, meter(1), DeviceEvent::FirmwareActivated).unwrap();
        let done = batch(&desk);
        assert_eq!(
            (&done["state"], &done["result"], &done["done"]),
            (&"done".into(), &result.into(), &json!(1))
        );
        assert_eq!(done["done_at"], at);
    }
}

/// Requests that wait for one batch of the writer share an agreed batch: each place is given once.
#[test]
fn fw_e_requests_of_one_transaction_share_the_places_of_a_batch() {
    use actix_web::rt::{System, spawn};

    use crate::batches::Gate;

    let desk = Desk::new(contact_above(2), 20);
    let agreed = desk.ask(&[("2026-03-02", 13)]);
    desk.agree(&agreed);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    let requests = (0..20).map(|number| activation(&desk.smi, meter(number), SUPPLIER, CAP_CHANGE));
    let requests = requests.collect::<Vec<_>>();
    System::new().block_on(async {
        let gate = Gate::close(desk.smi.service.store());
        let messages = requests.iter().map(|request| desk.smi.signed(request));
        let submit =
            |message: Vec<u8>| spawn(desk.smi.service.submit_inline(&message, WebService::Transform));
        let taken = messages.map(submit).collect::<Vec<_>>();
        gate.open();
        for answer in taken {
            answer.await.unwrap().unwrap();
        }
    });
    assert!(requests.iter().all(|request| decided_by(&desk.smi, request) == "FW/e"));
    assert_eq!(standings(&desk, "2026-03-02"), [13, 0, 7]);
    assert_eq!(desk.show(&agreed)["batches"][0]["sent"], 13);
    assert_eq!(desk.notices().len(), 2, "agreed, and contact required once");
}

/// Several instances count one User's day: none is lost, none counted twice, and no place is given twice.
#[test]
fn fw_e_instances_count_together() {
    let desk = Desk::new(contact_above(2), 24);
    let agreed = desk.ask(&[("2026-03-02", 15)]);
    desk.agree(&agreed);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    let instances = [desk.smi.service.clone(), desk.smi.another_instance(), desk.smi.another_instance()];
    let messages =
        (0..24).map(|number| desk.smi.signed(&activation(&desk.smi, meter(number), SUPPLIER, CAP_CHANGE)));
    let messages = messages.collect::<Vec<_>>();
    thread::scope(|scope| {
        for (instance, own) in instances.iter().zip(messages.chunks(8)) {
            for half in own.chunks(4) {
                scope.spawn(move || {
                    for message in half {
                        instance.answer(message, WebService::Transform).unwrap();
                    }
                });
            }
        }
    });
    assert_eq!(standings(&desk, "2026-03-02"), [15, 0, 9]);
    assert_eq!(desk.show(&agreed)["batches"][0]["sent"], 15);
    let contact = desk.notices().into_iter().filter(|(kind, ..)| kind == "firmware.contact_required");
    assert_eq!(contact.count(), 1);
}
