//! Several instances on one PostgreSQL: together they decide as one would, and one that dies takes nothing along.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{Nullable, Text},
};
use smi::{
    db::{Connection, PgConnection, Store, StoreFault},
    domain::{
        Body, ChangedDetails, CodeOverrides, DeviceType, EsmeVariant, Eui64, InventoryChange, MpxnKind,
        Request, StatusCh, UpdateInventory,
    },
    duis::xml,
    rules::{
        RuleSettings,
        rulebook::{common, sr_8_4},
    },
    service::jobs::outbox::{Delivery, DeliveryTimeouts},
    store::{self, Kind, MessageKind, NewMessage},
};

use crate::{
    commands::Served,
    faults::asked,
    support::{OTHER_SUPPLIER, SUPPLIER, Smi, bodies::pre_notification, receiver::Receiver},
};

const INSTANCES: usize = 3;
const CLIENTS: usize = 16;
/// As many Devices as Users quarrel about, and as many meters on one hub.
const DEVICES: u8 = 4;
/// The rounds of the short form; `tests/faults instances` asks for more.
const ROUNDS: usize = 10;

/// The hub of the meters, Commissioned as they are.
const HUB: Eui64 = device(0xC0);

const fn device(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

/// A meter on the hub.
const fn meter(number: u8) -> Eui64 {
    device(0xD0 + number)
}

/// The MPAN of a meter under which a Supplier is registered for it.
fn mpan(number: u8, supplier: Eui64) -> String {
    format!("10000000{}{number:03}0", u8::from(supplier == OTHER_SUPPLIER))
}

/// A hub with meters, each supplied by one of the two.
fn import_home(smi: &Smi) {
    let mut devices =
        "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,esme_variant,\
                       chf_device_id,import_mpxn\n"
            .to_owned();
    devices.push_str(&format!("{HUB},CHF,Commissioned,Acme,H1,,,,\n"));
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for number in 0..DEVICES {
        let id = meter(number);
        let own = mpan(number, SUPPLIER);
        devices.push_str(&format!("{id},ESME,Commissioned,Acme,M1,SMETS2 V5.1,A,{HUB},{own}\n"));
        for supplier in [SUPPLIER, OTHER_SUPPLIER] {
            registrations.push_str(&format!("{},IS,{supplier},2025-01-01,\n", mpan(number, supplier)));
        }
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
}

/// What both Suppliers ask about the home: a meter goes from one to the other, its variant is corrected by whoever supplies it then, and the
/// hub's status is asked for by whoever supplies one of its meters.
fn about_the_home(round: usize) -> Vec<(Eui64, Body)> {
    let mut bodies = Vec::new();
    for number in 0..DEVICES {
        let takes = if (round + usize::from(number)).is_multiple_of(3) { SUPPLIER } else { OTHER_SUPPLIER };
        for sender in [SUPPLIER, OTHER_SUPPLIER] {
            let to = mpan(number, takes).parse().unwrap();
            bodies.push((sender, update(meter(number), InventoryChange::Mpxn(MpxnKind::ImportMpxn, to))));
            let to = *EsmeVariant::ALL.iter().cycle().nth(round + usize::from(sender == SUPPLIER)).unwrap();
            bodies.push((sender, variant(meter(number), to)));
            // From Commissioned to itself: refused of a Supplier of the hub too, by another rule than of anyone else.
            bodies.push((sender, update(HUB, InventoryChange::StatusCh(StatusCh::Commissioned))));
        }
    }
    bodies
}

fn update(device_id: Eui64, change: InventoryChange) -> Body {
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

fn variant(device_id: Eui64, variant: EsmeVariant) -> Body {
    let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    update(device_id, InventoryChange::Details(changed))
}

/// One message, which several instances get.
struct Message {
    request: Request,
    bytes: Vec<u8>,
    /// Whether another message has its RequestID.
    is_doubled: bool,
}

/// Both Suppliers add, change and remove the same Devices, and share a home. Some RequestIDs are used for two messages.
fn quarrel(smi: &Smi, rounds: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut add = |request: Request, is_doubled| {
        messages.push(Message { bytes: smi.signed(&request), request, is_doubled });
    };
    for round in 0..rounds {
        for (sender, body) in about_the_home(round) {
            add(smi.request(sender, body), false);
        }
        for last in 0..DEVICES {
            for sender in [SUPPLIER, OTHER_SUPPLIER] {
                let to = *EsmeVariant::ALL.iter().cycle().nth(round * 2 + usize::from(last)).unwrap();
                let bodies = [
                    pre_notification(device(last), DeviceType::Esme, None),
                    variant(device(last), to),
                    update(device(last), InventoryChange::Delete),
                ];
                for (at, body) in bodies.into_iter().enumerate() {
                    let request = smi.request(sender, body);
                    let is_doubled = at == 0 && last == 0;
                    if is_doubled {
                        // The same RequestID, about another Device.
                        let body = pre_notification(device(1), DeviceType::Esme, None);
                        let other = Request { body, ..request.clone() };
                        add(other, true);
                    }
                    add(request, is_doubled);
                }
            }
        }
    }
    messages
}

/// What an instance answered to which message.
type Answers = BTreeMap<usize, Vec<Vec<u8>>>;

/// Sends every message to every instance, many at once; the last instance is killed on the way. Who hears nothing
/// from it asks another.
fn send_all(messages: &[Message], mut instances: Vec<Served>) -> Answers {
    let urls =
        instances.iter().map(|instance| format!("{}/api/v1/serviceD", instance.url)).collect::<Vec<_>>();
    let all = messages.len() * urls.len();
    let (next, answered, killed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let (answers, repeated) = (Mutex::new(Answers::new()), AtomicUsize::new(0));
    let victim = Mutex::new(instances.pop().unwrap());
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= all {
                        return;
                    }
                    // Neighbours are of the same message or the one before, so that they meet.
                    let (message, instance) = (turn / urls.len(), turn % urls.len());
                    let bytes = &messages.get(message).unwrap().bytes;
                    let answer = post(urls.get(instance).unwrap(), bytes).or_else(|| {
                        repeated.fetch_add(1, Ordering::Relaxed);
                        assert!(killed.load(Ordering::Relaxed), "an instance that lives does not answer");
                        post(urls.first().unwrap(), bytes)
                    });
                    answers.lock().unwrap().entry(message).or_default().push(answer.unwrap());
                    if answered.fetch_add(1, Ordering::Relaxed) == all / 2 {
                        killed.store(true, Ordering::Relaxed);
                        victim.lock().unwrap().kill();
                    }
                }
            });
        }
    });
    assert!(repeated.into_inner() > 0, "nothing was sent to the instance after it died");
    for instance in instances {
        assert_eq!(instance.stop().0, Some(0));
    }
    answers.into_inner().unwrap()
}

/// The answer; nothing where the connection was refused or lost. A busy instance is asked again.
fn post(url: &str, message: &[u8]) -> Option<Vec<u8>> {
    let agent = crate::support::agent();
    loop {
        let mut reply = agent.post(url).content_type("application/xml").send(message).ok()?;
        match reply.status().as_u16() {
            200 => return reply.body_mut().read_to_vec().ok(),
            503 => assert!(reply.headers().contains_key("retry-after")),
            status => panic!("HTTP {status}"),
        }
    }
}

fn code(answer: &[u8]) -> String {
    xml::read_answer(&xml::parse(answer).unwrap()).unwrap().code
}

/// A decision as it was kept.
#[derive(QueryableByName)]
struct Decided {
    #[diesel(sql_type = Text)]
    request_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    device_id: Option<String>,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Nullable<Text>)]
    rule: Option<String>,
}

/// What the rules make of the messages one after another: whoever pre-notified a Device may change and remove it while it is Pending,
/// and whoever supplies a meter may correct its variant, and set its MPxN to any.
struct Model {
    pending: BTreeMap<Eui64, (Eui64, Option<EsmeVariant>)>,
    /// The Supplier and variant of each meter on the hub.
    meters: BTreeMap<Eui64, (Eui64, Option<EsmeVariant>)>,
}

impl Model {
    fn new() -> Self {
        let meters = (0..DEVICES).map(|number| (meter(number), (SUPPLIER, Some(EsmeVariant::A))));
        Self { pending: BTreeMap::new(), meters: meters.collect() }
    }

    /// Whether a request is accepted; of one about the hub, whether its sender may ask for it.
    fn accepts(&mut self, request: &Request) -> bool {
        let id = request.body.device().unwrap();
        if id == HUB {
            return self.meters.values().any(|(supplier, _)| *supplier == request.id.originator);
        }
        if self.meters.contains_key(&id) {
            self.accepts_of_meter(id, request)
        } else {
            self.accepts_of_pending(request)
        }
    }

    fn accepts_of_meter(&mut self, id: Eui64, request: &Request) -> bool {
        let sender = request.id.originator;
        let (supplier, now) = self.meters.get_mut(&id).unwrap();
        let Body::UpdateInventory(update) = &request.body else { panic!("not part of the quarrel") };
        match &update.change {
            InventoryChange::Mpxn(_, new) => {
                let number = id.octets()[7] - 0xD0;
                let to = if new.as_str() == mpan(number, SUPPLIER) { SUPPLIER } else { OTHER_SUPPLIER };
                let accepted = *supplier == sender || to == sender;
                if accepted {
                    *supplier = to;
                }
                accepted
            }
            InventoryChange::Details(changed) => {
                if *supplier == sender {
                    *now = changed.esme_variant;
                }
                *supplier == sender
            }
            InventoryChange::StatusExceptCh(_) | InventoryChange::StatusCh(_) | InventoryChange::Delete => {
                panic!("not part of the quarrel")
            }
        }
    }

    fn accepts_of_pending(&mut self, request: &Request) -> bool {
        let sender = request.id.originator;
        let id = request.body.device().unwrap();
        let owner = self.pending.get(&id).map(|(owner, _)| *owner);
        if let Body::DevicePrenotification(new) = &request.body {
            if owner.is_none() {
                self.pending.insert(id, (sender, new.details.esme_variant));
            }
            return owner.is_none();
        }
        let Body::UpdateInventory(update) = &request.body else { panic!("not part of the quarrel") };
        if owner != Some(sender) {
            return false;
        }
        if let InventoryChange::Details(changed) = &update.change {
            self.pending.insert(id, (sender, changed.esme_variant));
        } else {
            self.pending.remove(&id);
        }
        true
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn three_instances_decide_as_one_though_one_is_killed() {
    let smi = Smi::new();
    import_home(&smi);
    let start = |_| {
        let environment = [("SMI_STORE_URL", smi.url()), ("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z")];
        Served::start_with(smi.folder(), &[], &environment)
    };
    let instances = (0..INSTANCES).map(start).collect();
    let messages = quarrel(&smi, usize::try_from(asked("FAULTS_ROUNDS", ROUNDS as u64)).unwrap());
    let answers = send_all(&messages, instances);

    let mut connection = PgConnection::establish(smi.url()).unwrap();
    let log = "SELECT request_id, device_id, code, rule FROM decisions ORDER BY id";
    let log = sql_query(log).load::<Decided>(&mut connection).unwrap();
    let (mut model, mut first) = (Model::new(), BTreeMap::<String, usize>::new());
    for Decided { request_id, device_id, code, rule } in log {
        let id = request_id;
        if rule.as_deref() == Some(common::NEW_REQUEST_ID.id) {
            assert!(first.contains_key(&id), "{id} was refused before it was used");
            continue;
        }
        let is_it = |message: &Message| {
            message.request.id.to_string() == id
                && message.request.body.device().map(|id| id.to_string()) == device_id
        };
        let message = messages.iter().position(is_it).unwrap();
        assert_eq!(first.insert(id.clone(), message), None, "{id} took effect twice");
        let accepted = model.accepts(&messages[message].request);
        let was = if device_id.as_deref() == Some(&HUB.to_string()) {
            rule.as_deref() != Some(sr_8_4::STATUS_BY.id)
        } else {
            code == "I99"
        };
        assert_eq!(was, accepted, "{id}: {code} by {rule:?} is not right on the state before it");
    }
    let ids = messages.iter().map(|message| message.request.id.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(first.keys().cloned().collect::<BTreeSet<_>>(), ids, "each RequestID took effect once");
    for last in 0..DEVICES {
        let left = smi.read(|connection| store::find_device(connection, device(last)));
        let left = left.map(|device| (device.pre_notified_by.unwrap(), device.details.esme_variant));
        assert_eq!(left, model.pending.get(&device(last)).copied(), "{last}");
        let (supplier, variant) = model.meters[&meter(last)];
        let left = smi.read(|connection| store::find_device(connection, meter(last))).unwrap();
        let own = left.mpxns.import.map(|mpxn| mpxn.as_str().to_owned());
        assert_eq!((own, left.details.esme_variant), (Some(mpan(last, supplier)), variant), "meter {last}");
    }
    for (message, answers) in answers {
        let Message { request, is_doubled, .. } = &messages[message];
        assert_eq!(answers.len(), INSTANCES);
        if first.get(&request.id.to_string()) == Some(&message) {
            assert!(
                answers.iter().all(|answer| *answer == answers[0]),
                "{}: two answers to one message",
                request.id
            );
        } else {
            assert!(is_doubled);
            assert!(answers.iter().all(|answer| code(answer) == "E100"), "{}", request.id);
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn one_instance_at_a_time_delivers_in_order_and_another_takes_over() {
    let receiver = Receiver::start(&[]);
    let smi = Smi::new();
    smi.import(
        Kind::Users,
        &format!("user_id,status,roles,receive_response_url\n{SUPPLIER},Active,IS,{}\n", receiver.url()),
    );
    let put = |store: &Store, numbers: std::ops::Range<u8>| {
        let now = smi.now();
        let put = move |connection: &mut Connection| {
            for number in numbers.clone() {
                let message = format!("<message n=\"{number}\"/>");
                let (user, device, kind) = (SUPPLIER, Some(device(number % 2)), MessageKind::Response);
                let new = NewMessage { user, device, request_id: None, kind, message: message.as_bytes() };
                store::enqueue_message(connection, new, now)?;
            }
            Ok(())
        };
        store.transact::<_, StoreFault, _>(put).unwrap();
    };
    let stores = [(); INSTANCES].map(|()| Store::open(smi.url()).unwrap());
    let start = |store: &Store| {
        Delivery::start(store.clone(), smi.clock.clone(), DeliveryTimeouts::default()).unwrap()
    };
    let mut deliveries = stores.iter().map(start).collect::<Vec<_>>();
    let expect = |numbers: std::ops::Range<u8>| {
        let got = numbers.clone().map(|_| receiver.body()).collect::<Vec<_>>();
        for parity in 0..2 {
            let of_device = |number: &u8| number % 2 == parity;
            let sent = numbers.clone().filter(of_device).map(|number| format!("<message n=\"{number}\"/>"));
            let sent = sent.collect::<Vec<_>>();
            let got = got.iter().filter(|message| sent.contains(message)).collect::<Vec<_>>();
            assert_eq!(got, sent.iter().collect::<Vec<_>>(), "each once, in the order of its Device");
        }
    };
    put(&stores[2], 0..20);
    expect(0..20);
    // Whichever has the turn gives it up in the end, and its messages are delivered by those that are left.
    for round in 0..INSTANCES - 1 {
        deliveries.remove(0).stop();
        let from = 20 + 10 * u8::try_from(round).unwrap();
        put(&stores[0], from..from + 10);
        expect(from..from + 10);
    }
    deliveries.remove(0).stop();
    assert!(receiver.is_empty());
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_change_of_supplier_is_told_once_by_all_instances() {
    let rules = RuleSettings { confirm_variant: true, ..RuleSettings::default() };
    let smi = Smi::under(rules, CodeOverrides::default(), Vec::new(), None);
    let (mut devices, mut registrations) = (
        "device_id,device_type,status,device_manufacturer,device_model,esme_variant,import_mpxn\n".to_owned(),
        "mpxn,role,user_id,effective_from,effective_to\n".to_owned(),
    );
    for last in 0..20 {
        let mpan = 1_000_000_000_000_u64 + u64::from(last);
        devices.push_str(&format!("{},ESME,Commissioned,A,B,A,{mpan}\n", device(last)));
        registrations.push_str(&format!(
            "{mpan},IS,{SUPPLIER},2025-01-01,2026-06-01\n{mpan},IS,{OTHER_SUPPLIER},2026-06-01,\n"
        ));
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
    let others = [smi.another_instance(), smi.another_instance()];
    let told = thread::scope(|scope| {
        let looks = [&smi.service, &others[0], &others[1]]
            .map(|instance| scope.spawn(|| instance.notify_gaining_suppliers().unwrap()));
        looks.map(|look| look.join().unwrap()).iter().sum::<usize>()
    });
    assert_eq!(told, 20);
    assert_eq!(
        smi.read(|connection| store::outbox_page(connection, None, store::PageRequest::first(100)))
            .rows
            .len(),
        20
    );
}
