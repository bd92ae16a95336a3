//! Tallies: what they count, once each, and that they outlive what they counted.

use std::time::{Duration, Instant};

use smi::{
    db::StoreOptions,
    domain::{ActorName, Body, Eui64, ReadInventory, ResponseCode},
    service::{
        App, LONGEST_SPAN,
        jobs::{
            Jobs,
            retention::{Ages, purge_expired},
        },
    },
    store::{self, AnswerTally, Kind},
    tls::ClientTls,
};

use crate::support::{METER, OTHER_SUPPLIER, SUPPLIER, Smi, fixture_of, receiver::DEADLINE};

const STRANGER: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xFE]);

fn filled() -> Smi {
    let smi = Smi::new();
    for kind in Kind::ALL {
        smi.import(*kind, &std::fs::read_to_string(fixture_of(*kind)).unwrap());
    }
    smi
}

fn read(smi: &Smi, user: Eui64, device: Eui64) {
    smi.ask(user, Body::ReadInventory(ReadInventory::DeviceId(device)));
}

fn tally(app: &App) -> usize {
    app.tally_answers(&mut |_| true).unwrap()
}

/// The tallies of all hours around the clock of the tests.
fn counted(app: &App) -> Vec<AnswerTally> {
    app.answers_of_hours("2026-06-01T00:00:00Z".parse().ok(), None).unwrap().tallies
}

fn sum(tallies: &[AnswerTally]) -> u64 {
    tallies.iter().map(|tally| tally.answers).sum()
}

#[test]
fn answers_are_counted_by_hour_user_service_code_and_rule() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    read(&smi, SUPPLIER, METER);
    read(&smi, OTHER_SUPPLIER, STRANGER);
    smi.move_to("2026-06-01T13:59:59.999Z");
    read(&smi, SUPPLIER, STRANGER);
    assert_eq!((tally(&smi.service), tally(&smi.service)), (4, 0));
    let shown = counted(&smi.service).into_iter().map(|tally| {
        let AnswerTally { hour, user, variant, code, rule, answers } = tally;
        format!("{hour} {user} {} {code} {} {answers}\n", variant.unwrap(), rule.unwrap())
    });
    insta::assert_snapshot!(shown.collect::<String>());
    let tallies = smi.service.tallies().unwrap();
    assert_eq!(tallies.hour.from.to_string(), "2026-06-01T12:00:00Z");
    assert_eq!(tallies.day.from.to_string(), "2026-05-31T13:00:00Z");
    assert_eq!(tallies.hour, smi::service::AnswersSince { from: tallies.hour.from, ..tallies.day.clone() });
    assert!(tallies.day.codes.iter().any(|tally| tally.code == ResponseCode::I0 && tally.answers == 2));
    smi.move_to("2026-06-01T15:00:00Z");
    assert_eq!(smi.service.tallies().unwrap().hour.codes, []);
}

#[test]
fn hours_are_read_a_day_at_a_time() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    smi.move_to("2026-06-03T00:30:00Z");
    read(&smi, SUPPLIER, METER);
    tally(&smi.service);
    let of = |from: &str| smi.service.answers_of_hours(from.parse().ok(), None).unwrap();
    let first = of("2026-06-01T12:34:00Z");
    assert_eq!((first.from.to_string(), sum(&first.tallies)), ("2026-06-01T12:00:00Z".to_owned(), 1));
    assert_eq!(first.until.duration_since(first.from), LONGEST_SPAN);
    let second = of(&first.next.unwrap().to_string());
    assert_eq!((second.from, sum(&second.tallies), second.next), (first.until, 1, None));
    assert_eq!(second.until.to_string(), "2026-06-03T01:00:00Z");
    let newest = smi.service.answers_of_hours(None, None).unwrap();
    assert_eq!((newest.from.to_string(), sum(&newest.tallies)), ("2026-06-02T01:00:00Z".to_owned(), 1));
}

#[test]
fn two_instances_count_each_answer_once() {
    let smi = filled();
    let other = smi.another_instance();
    std::thread::scope(|scope| {
        let counting =
            [&smi.service, &other].map(|app| scope.spawn(move || (0..20).map(|_| tally(app)).sum::<usize>()));
        for _ in 0..40 {
            read(&smi, SUPPLIER, METER);
        }
        for thread in counting {
            thread.join().unwrap();
        }
    });
    tally(&other);
    assert_eq!(sum(&counted(&smi.service)), 40);
}

#[test]
fn tallies_outlive_the_decisions_and_go_with_a_backup() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    tally(&smi.service);
    assert!(smi.service.count_devices(&mut |_| true).unwrap());
    let before = counted(&smi.service);
    smi.move_to("2026-06-08T12:00:00.001Z");
    let purged = purge_expired(smi.service.store(), Ages::of_days(7, 7), smi.now(), &mut || true).totals;
    assert_eq!(purged.decisions, 1);
    assert_eq!((tally(&smi.service), counted(&smi.service)), (0, before.clone()));
    let file = smi.folder().join("backup");
    crate::backup::back_up(smi.url(), &file, smi.now()).unwrap();
    let url = format!("sqlite://{}", smi.folder().join("restored.db").display());
    store::restore(&url, StoreOptions::default(), &file, false).unwrap();
    let restored = smi.instance_on(&url);
    assert_eq!(counted(&restored), before);
    assert_eq!(restored.device_tallies().unwrap().0, smi.service.device_tallies().unwrap().0);
    assert_eq!(tally(&restored), 0);
    // A decision of the restored store may have a number that the backup's watermark had passed.
    let message = smi.signed(&smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER))));
    restored.answer(&message, smi::domain::WebService::NonDevice).unwrap();
    assert_eq!(tally(&restored), 1);
    assert_eq!(sum(&restored.answers_of_hours(None, None).unwrap().tallies), 1);
    assert_eq!(counted(&restored), before);
}

#[test]
fn old_hours_are_purged_where_the_operator_says_so_and_count_nothing_anew() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    smi.move_to("2026-06-01T13:00:00Z");
    read(&smi, SUPPLIER, METER);
    read(&smi, OTHER_SUPPLIER, STRANGER);
    assert_eq!(tally(&smi.service), 3);
    let purge = |ages| purge_expired(smi.service.store(), ages, smi.now(), &mut || true).totals.tallies;
    smi.move_to("2026-06-08T13:00:00Z");
    let week = Ages::of_days(0, 0).with_tallies(7);
    assert_eq!((purge(Ages::of_days(7, 7)), sum(&counted(&smi.service))), (0, 3), "kept for ever");
    assert_eq!((purge(week), sum(&counted(&smi.service))), (1, 2));
    smi.move_to("2026-06-08T13:00:00.001Z");
    assert_eq!((purge(week), purge(week)), (2, 0));
    assert_eq!((tally(&smi.service), counted(&smi.service)), (0, vec![]));
}

#[test]
fn a_reset_forgets_them() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    tally(&smi.service);
    smi.service.count_devices(&mut |_| true).unwrap();
    smi.service.reset(ActorName::token()).unwrap();
    assert_eq!(counted(&smi.service), []);
    assert_eq!(smi.service.device_tallies().unwrap(), (None, 0));
}

#[test]
fn a_count_of_devices_that_is_stopped_leaves_the_one_before() {
    let smi = filled();
    smi.service.count_devices(&mut |_| true).unwrap();
    let before = smi.service.device_tallies().unwrap().0.unwrap();
    assert_eq!(before.counts.iter().map(|tally| tally.devices).sum::<u64>(), 20);
    let lines = (0..2_100_u32).map(|number| {
        let [_, _, high, low] = number.to_be_bytes();
        format!("00-DB-99-34-56-78-{high:02X}-{low:02X},ESME,Pending,M,X\n")
    });
    let columns = "device_id,device_type,status,device_manufacturer,device_model\n";
    smi.import(Kind::Devices, &format!("{columns}{}", lines.collect::<String>()));
    assert!(!smi.service.count_devices(&mut |_| false).unwrap());
    assert_eq!(smi.service.device_tallies().unwrap().0, Some(before));
    assert!(smi.service.count_devices(&mut |_| true).unwrap());
    let after = smi.service.device_tallies().unwrap().0.unwrap();
    assert_eq!(after.counts.iter().map(|tally| tally.devices).sum::<u64>(), 2_120);
}

#[test]
fn a_job_keeps_them() {
    let smi = filled();
    read(&smi, SUPPLIER, METER);
    let jobs = Jobs::start(&smi.service, Ages::of_days(0, 0), &ClientTls::none()).unwrap();
    let begin = Instant::now();
    while counted(&smi.service).is_empty() || smi.service.device_tallies().unwrap().0.is_none() {
        assert!(begin.elapsed() < DEADLINE, "nothing is counted");
        std::thread::sleep(Duration::from_millis(5));
    }
    jobs.stop();
    assert_eq!(sum(&counted(&smi.service)), 1);
}
