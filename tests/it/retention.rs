//! What is old is given up, and only that; what must stay for ever stays.

use smi::{
    db,
    db::StoreFault,
    domain::{Body, DeviceDetails, DevicePrenotification, DeviceType, Eui64, Now, RequestId, parse_instant},
    service::jobs::retention::{Ages, Purge, PurgeTotals, purge_expired},
    store::{self, Kind, MessageKind, NewMessage},
};

use crate::support::{DCC, METER, SUPPLIER, Smi};

const AGES: Ages = Ages::of_days(30, 0);

fn given_up(smi: &Smi, ages: Ages) -> PurgeTotals {
    let Purge { totals, faults } = purge_expired(smi.service.store(), ages, smi.now(), &mut || true);
    assert!(faults.is_empty(), "{faults:?}");
    totals
}

pub(crate) fn pre_notification(device_id: Eui64) -> Body {
    let details = DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "MODEL".parse().unwrap(),
        smets_chts_version: Some("2.0".parse().unwrap()),
        firmware_version: Some("1".parse().unwrap()),
        esme_variant: None,
    };
    let device_type = DeviceType::Gsme;
    Body::DevicePrenotification(DevicePrenotification {
        device_id,
        device_type,
        details,
        associated_gpf: None,
    })
}

const fn id(counter: u64) -> RequestId {
    RequestId { originator: SUPPLIER, target: DCC, counter }
}

/// SMI.md 3/6: 30 days to the millisecond; the RequestID stays used for ever.
#[test]
fn sr_6_an_old_message_is_never_applied_again_though_its_answer_is_gone() {
    let smi = Smi::new();
    let request = smi.request(SUPPLIER, pre_notification(METER));
    let message = smi.signed(&request);
    let first = smi.post(&message);
    assert_eq!(first.code, "I99");
    smi.move_to("2026-07-01T12:00:00Z");
    assert_eq!(given_up(&smi, AGES), PurgeTotals::default());
    assert_eq!(smi.post(&message).text, first.text);
    smi.move_to("2026-07-01T12:00:00.001Z");
    assert_eq!(given_up(&smi, Ages::of_days(0, 0)), PurgeTotals::default(), "0 days: for ever");
    assert_eq!(given_up(&smi, AGES), PurgeTotals { answers: 1, ..PurgeTotals::default() });
    assert_eq!(given_up(&smi, AGES), PurgeTotals::default(), "it is given up once");

    let devices = smi.exported(Kind::Devices);
    let again = smi.post(&message);
    assert_eq!(again.code, "E100");
    let decisions = smi.decisions(request.id);
    let saw = decisions.last().unwrap().steps.last().unwrap();
    let reason = "used before; the first answer is no longer kept, so it cannot be given again";
    assert_eq!((saw.rule.as_str(), saw.holds, saw.saw.as_str()), ("SR/6", false, reason));
    let other = smi::domain::Request { id: request.id, ..smi.request(SUPPLIER, pre_notification(DCC)) };
    assert_eq!(smi.post(&smi.signed(&other)).code, "E100");
    assert_eq!(smi.exported(Kind::Devices), devices);
    let kept = smi.read(|connection| store::first_answer(connection, &request.id)).unwrap();
    assert_eq!(kept.answer, None);
}

#[test]
fn a_run_goes_in_small_batches_and_the_next_takes_up_what_it_left() {
    let smi = Smi::new();
    let at = smi.now();
    let remember = move |connection: &mut db::Connection| {
        (0..250).try_for_each(|counter| {
            let new = store::NewAnswer { id: &id(counter), digest: &[1; 32], answer: b"<answer/>", at };
            store::insert_first_answers(connection, &[new])
        })
    };
    smi.service.store().transact::<_, StoreFault, _>(remember).unwrap();
    smi.move_to("2026-08-01T00:00:00Z");
    let mut left = 2;
    let stops = &mut || {
        left -= 1;
        left >= 0
    };
    let first = purge_expired(smi.service.store(), AGES, smi.now(), stops).totals;
    assert_eq!(first, PurgeTotals { answers: 200, ..PurgeTotals::default() }, "two batches of a hundred");
    assert_eq!(given_up(&smi, AGES), PurgeTotals { answers: 50, ..PurgeTotals::default() });
    let kept = smi.read(|connection| store::first_answer(connection, &id(249))).unwrap();
    assert_eq!((kept.digest, kept.answer), ([1; 32], None));
}

#[test]
fn messages_go_after_they_were_delivered_and_not_while_they_wait() {
    let smi = Smi::new();
    let at = smi.now();
    let put = move |connection: &mut db::Connection| {
        for text in ["<waits/>", "<delivered/>"] {
            let kind = MessageKind::Response;
            let message = text.as_bytes();
            let new = NewMessage { user: SUPPLIER, device: None, request_id: None, kind, message };
            store::enqueue_message(connection, new, at)?;
        }
        let later = Now(parse_instant("2026-06-02T12:00:00Z").unwrap());
        store::mark_message_delivered(connection, 2, later)
    };
    smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    smi.move_to("2026-07-02T12:00:00Z");
    assert_eq!(given_up(&smi, AGES), PurgeTotals::default());
    smi.move_to("2026-07-02T12:00:00.001Z");
    assert_eq!(given_up(&smi, AGES), PurgeTotals { messages: 1, ..PurgeTotals::default() });
    let left =
        smi.read(|connection| store::outbox_page(connection, None, store::PageRequest::first(10))).rows;
    assert_eq!(left.iter().map(|message| message.id).collect::<Vec<_>>(), [1]);
}

#[test]
fn decisions_go_from_the_beginning_and_the_chain_stays_whole() {
    let smi = Smi::new();
    for device in 1..=3 {
        let told = smi.ask(SUPPLIER, pre_notification(Eui64::from_octets([device; 8])));
        assert_eq!(told.code, "I99");
        let day = device + 1;
        smi.move_to(&format!("2026-06-{day:02}T12:00:00Z"));
    }
    let ages = Ages::of_days(0, 10);
    let wrong = |smi: &Smi| {
        let mut wrong = Vec::new();
        let verified = smi
            .read(|connection| store::audit_verify(connection, "smi", None, &mut |found| wrong.push(found)));
        assert_eq!(wrong, []);
        let head = verified.head.unwrap();
        (verified.records, head.first_sequence, head.last.sequence)
    };
    assert_eq!(wrong(&smi), (3, 1, 3));
    smi.move_to("2026-06-12T12:00:00Z");
    assert_eq!(given_up(&smi, AGES).decisions, 0, "decisions are kept for ever by default");
    assert_eq!(given_up(&smi, ages), PurgeTotals { decisions: 1, ..PurgeTotals::default() });
    assert_eq!(wrong(&smi), (2, 2, 3));
    smi.move_to("2026-06-12T12:00:00.001Z");
    assert_eq!(given_up(&smi, ages).decisions, 1);
    smi.move_to("2026-07-12T12:00:00Z");
    assert_eq!(given_up(&smi, ages).decisions, 1);
    assert_eq!(wrong(&smi), (0, 4, 3));
    assert_eq!(smi.ask(SUPPLIER, pre_notification(METER)).code, "I99");
    assert_eq!(wrong(&smi), (1, 4, 4));
}

/// R16: the first sweep that failed kept all others from their work, for as long as it failed.
#[test]
fn a_sweep_that_fails_holds_up_no_other() {
    let smi = Smi::new();
    assert_eq!(smi.ask(SUPPLIER, pre_notification(METER)).code, "I99");
    let break_coverage = |connection: &mut db::Connection| {
        let rename = "ALTER TABLE coverage_extracts RENAME TO coverage_extracts_away";
        diesel::RunQueryDsl::execute(diesel::sql_query(rename), connection)?;
        Ok(())
    };
    smi.service.store().transact::<_, StoreFault, _>(break_coverage).unwrap();
    smi.move_to("2026-07-02T12:00:00Z");
    let purge = purge_expired(smi.service.store(), Ages::of_days(30, 30), smi.now(), &mut || true);
    assert_eq!(purge.totals, PurgeTotals { answers: 1, decisions: 1, ..PurgeTotals::default() });
    assert_eq!(purge.faults.iter().map(|failed| failed.sweep).collect::<Vec<_>>(), ["coverage"]);
}
