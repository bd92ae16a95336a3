//! Requests that wait at the same time are decided in one batch: each as if it had come alone, after those before it.

use std::sync::mpsc;

use actix_web::rt::{System, spawn, task::JoinHandle};
use diesel::RunQueryDsl as _;
use smi::{
    db::{Connection, Store, StoreFault},
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, ReadInventory, Request, UpdateInventory,
        WebService,
    },
    duis::xml,
    service::{Fault, Reply},
    store::{self, Kind},
};

use crate::support::{SUPPLIER, Smi};

/// ESMEs that are Commissioned, and their Responsible Supplier.
fn smi_with_meters(count: u8) -> Smi {
    let smi = Smi::new();
    let mut devices = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
                       firmware_version,esme_variant,import_mpxn\n"
        .to_owned();
    for number in 1..=count {
        let id = meter(number);
        devices.push_str(&format!(
            "{id},ESME,Commissioned,AB01,010A030B,2.0,0002012F,A,10123456789{number:02}\n"
        ));
    }
    smi.import(Kind::Devices, &devices);
    let line = |number: u8| format!("10123456789{number:02},IS,{SUPPLIER},2025-01-01,\n");
    let lines = (1..=count).map(line).collect::<String>();
    smi.import(Kind::Registrations, &format!("mpxn,role,user_id,effective_from,effective_to\n{lines}"));
    smi
}

fn meter(number: u8) -> Eui64 {
    Eui64::from_octets([0, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, number])
}

fn correct(number: u8, variant: EsmeVariant) -> Body {
    let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    let change = InventoryChange::Details(changed);
    Body::UpdateInventory(UpdateInventory { device_id: meter(number), change })
}

/// Makes that ESME one that cannot be read back.
fn damage(smi: &Smi, number: u8) {
    let update =
        format!("UPDATE devices SET date_commissioned = '2026-02-31' WHERE device_id = '{}'", meter(number));
    smi.service
        .store()
        .transact(move |connection| {
            Ok::<_, StoreFault>(diesel::sql_query(update.as_str()).execute(connection)?)
        })
        .unwrap();
}

/// The jobs that the store's writer was given so far.
fn jobs(smi: &Smi) -> f64 {
    let page = smi.service.metrics_page();
    let line = page.lines().find_map(|line| line.strip_prefix("smi_store_group_size_sum "));
    line.unwrap().parse().unwrap()
}

/// A job that holds the writer until it is opened.
pub(crate) struct Gate {
    is_in: mpsc::Receiver<()>,
    release: mpsc::Sender<()>,
}

impl Gate {
    /// Holds the writer from now on.
    pub(crate) fn close(store: &Store) -> Self {
        let gate = Self::queue(store);
        gate.wait_until_closed();
        gate
    }

    /// Holds the writer when its job comes.
    fn queue(store: &Store) -> Self {
        let (entered, is_in) = mpsc::channel::<()>();
        let (release, gate) = mpsc::channel::<()>();
        let work = move |_: &mut Connection| {
            entered.send(()).unwrap();
            gate.recv().map_err(|_| StoreFault::Closed)
        };
        store.submit(work, |outcome: Result<(), StoreFault>| outcome.unwrap());
        Self { is_in, release }
    }

    fn wait_until_closed(&self) {
        self.is_in.recv().unwrap();
    }

    pub(crate) fn open(self) {
        self.release.send(()).unwrap();
    }
}

/// A submitted message: its place in the queue is fixed.
fn submit(smi: &Smi, message: &[u8]) -> JoinHandle<Result<Reply, Fault>> {
    spawn(smi.service.submit_inline(message, WebService::NonDevice))
}

async fn all(taken: Vec<JoinHandle<Result<Reply, Fault>>>) -> Vec<Result<Reply, Fault>> {
    let mut answers = Vec::new();
    for answer in taken {
        answers.push(answer.await.unwrap());
    }
    answers
}

/// What each gets, all in one batch: the writer is held until they wait for it, in this order.
fn in_one_batch(smi: &Smi, messages: &[Vec<u8>]) -> Vec<Result<Reply, Fault>> {
    let before = jobs(smi);
    let answers = System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let taken = messages.iter().map(|message| submit(smi, message)).collect::<Vec<_>>();
        gate.open();
        all(taken).await
    });
    let again = if answers.iter().any(Result::is_err) { messages.len() } else { 0 };
    assert_eq!(
        jobs(smi) - before,
        2.0 + again as f64,
        "the gate, one batch, and one each where that one failed"
    );
    answers
}

fn code(answer: &Result<Reply, Fault>) -> String {
    match answer {
        Ok(Reply::Answer(answer)) => xml::read_answer(&xml::parse(answer).unwrap()).unwrap().code,
        other => panic!("{other:?}"),
    }
}

fn signed(smi: &Smi, body: Body) -> (Request, Vec<u8>) {
    let request = smi.request(SUPPLIER, body);
    let message = smi.signed(&request);
    (request, message)
}

#[test]
fn each_sees_what_those_before_it_left() {
    let smi = smi_with_meters(2);
    let bodies = [
        correct(1, EsmeVariant::B),
        correct(2, EsmeVariant::C),
        correct(1, EsmeVariant::Ade),
        Body::ReadInventory(ReadInventory::DeviceId(meter(1))),
    ];
    let messages = bodies.map(|body| signed(&smi, body).1);
    // A server decides requests that only read in batches of their own, on a snapshot.
    let together = if smi.url().starts_with("postgres") { 3 } else { 4 };
    let (first, then) = messages.split_at(together);
    let mut answers = in_one_batch(&smi, first);
    if !then.is_empty() {
        answers.extend(in_one_batch(&smi, then));
    }
    assert_eq!(answers.iter().map(code).collect::<Vec<_>>(), ["I99", "I99", "I99", "I0"]);
    let Ok(Reply::Answer(read)) = &answers[3] else { panic!() };
    assert!(String::from_utf8_lossy(read).contains("<sr:ESMEVariant>ADE</sr:ESMEVariant>"));
}

/// SMI.md 3/6.
#[test]
fn sr_6_the_same_message_twice_and_another_under_its_request_id() {
    let smi = smi_with_meters(1);
    let (request, first) = signed(&smi, correct(1, EsmeVariant::B));
    let other = smi.signed(&Request { body: correct(1, EsmeVariant::C), ..request.clone() });
    let answers = in_one_batch(&smi, &[first.clone(), first.clone(), other.clone(), first]);
    assert_eq!(answers.iter().map(code).collect::<Vec<_>>(), ["I99", "I99", "E100", "I99"]);
    let bytes = |answer: &Result<Reply, Fault>| match answer {
        Ok(Reply::Answer(answer)) => answer.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes(&answers[1]), bytes(&answers[0]));
    assert_eq!(bytes(&answers[3]), bytes(&answers[0]));
    let codes = smi.decisions(request.id).into_iter().map(|decision| decision.code.as_str());
    assert_eq!(codes.collect::<Vec<_>>(), ["I99", "E100"]);
    assert!(smi.exported(Kind::Devices).contains(",B,"));
}

#[test]
fn one_that_the_store_cannot_serve_fails_alone() {
    let smi = smi_with_meters(3);
    damage(&smi, 2);
    let requests = [1, 2, 3].map(|number| signed(&smi, correct(number, EsmeVariant::Ade)));
    let answers = in_one_batch(&smi, &requests.clone().map(|(_, message)| message));
    assert_eq!([&answers[0], &answers[2]].map(code), ["I99", "I99"]);
    let fault = answers[1].as_ref().unwrap_err();
    assert!(
        matches!(fault, Fault::Store(StoreFault::Corrupt { column: "date_commissioned", .. })),
        "{fault}"
    );
    let decisions = requests.map(|(request, _)| smi.decisions(request.id).len());
    assert_eq!(decisions, [1, 0, 1]);
}

/// One that the store cannot serve fails the batch of another; a later request about that other's Device stays behind it.
#[test]
fn newer_requests_stay_behind_the_retries_of_a_failed_batch() {
    let smi = smi_with_meters(2);
    damage(&smi, 2);
    let messages = [correct(1, EsmeVariant::B), correct(2, EsmeVariant::B), correct(1, EsmeVariant::Ade)];
    let messages = messages.map(|body| signed(&smi, body).1);
    let store = smi.service.store();
    let answers = System::new().block_on(async {
        let before = Gate::close(store);
        let mut taken = vec![submit(&smi, &messages[0]), submit(&smi, &messages[1])];
        // Behind their batch, in the same transaction: it holds the writer when they were decided, and are not yet told.
        let behind = Gate::queue(store);
        before.open();
        behind.wait_until_closed();
        taken.push(submit(&smi, &messages[2]));
        behind.open();
        all(taken).await
    });
    assert_eq!([&answers[0], &answers[2]].map(code), ["I99", "I99"]);
    assert!(answers[1].is_err());
    let device = smi.read(|connection| store::find_device(connection, meter(1))).unwrap();
    if smi.url().starts_with("postgres") {
        // Batches are under way beside each other there, and neither correction was answered before the other was asked for.
        assert!(matches!(device.details.esme_variant, Some(EsmeVariant::Ade | EsmeVariant::B)));
    } else {
        assert_eq!(device.details.esme_variant, Some(EsmeVariant::Ade), "the later correction stands");
    }
}
