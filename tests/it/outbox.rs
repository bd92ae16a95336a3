//! Delivery to Receive Response addresses that are down, slow, failing, redirecting, and in the end accepting.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use smi::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{Eui64, Timestamp, parse_instant},
    service::{
        MaintenanceWatch,
        jobs::outbox::{Delivery, DeliveryTimeouts},
    },
    store::{self, Kind, ListedMessage, MessageKind, NewMessage, PageRequest},
};

use crate::support::{
    METER, OPERATOR, OTHER_SUPPLIER, SUPPLIER,
    database::Database,
    fresh_database,
    receiver::{DEADLINE, FaultInjection, Receiver},
};

const START: &str = "2026-06-01T12:00:00Z";

/// A store with an outbox; the clock stands until it is moved, so every attempt is the test's own doing.
pub(crate) struct Office {
    database: Database,
    store: Store,
    clock: Clock,
}

impl Office {
    pub(crate) fn new(users: &[(Eui64, &str)]) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        let office = Self { database, store, clock: Clock::fixed(parse_instant(START).unwrap()) };
        office.know(users);
        office
    }

    pub(crate) fn know(&self, users: &[(Eui64, &str)]) {
        let header = "user_id,status,roles,receive_response_url\n".to_owned();
        let csv = users.iter().fold(header, |csv, (user, url)| format!("{csv}{user},Active,IS,{url}\n"));
        store::import(&self.store, Kind::Users, csv.as_bytes(), self.clock.now(), &mut |_| ()).unwrap();
    }

    pub(crate) fn put(&self, user: Eui64, device: Option<Eui64>, message: &str) {
        let (message, now) = (message.to_owned(), self.clock.now());
        let put = move |connection: &mut Connection| {
            let kind = MessageKind::Response;
            let new = NewMessage { user, device, request_id: None, kind, message: message.as_bytes() };
            store::enqueue_message(connection, new, now)
        };
        self.store.transact::<_, StoreFault, _>(put).unwrap();
    }

    pub(crate) fn start(&self, patience: DeliveryTimeouts) -> Delivery {
        Delivery::start(self.store.clone(), self.clock.clone(), patience).unwrap()
    }

    /// As [`Office::start`], under maintenance windows that hold deliveries.
    pub(crate) fn start_under(&self, hold: MaintenanceWatch) -> Delivery {
        let timeouts = DeliveryTimeouts::default();
        Delivery::start_under(self.store.clone(), self.clock.clone(), timeouts, hold).unwrap()
    }

    pub(crate) fn move_to(&self, instant: &str) {
        assert!(self.clock.set(instant.parse::<Timestamp>().unwrap()));
        self.store.outbox_signal().send();
    }

    fn list(&self) -> Vec<ListedMessage> {
        self.store
            .read(|connection| store::outbox_page(connection, None, PageRequest::first(100)))
            .map_err(|fault: StoreFault| fault)
            .unwrap()
            .rows
    }

    /// Waits until a message was tried so often; how it stands then.
    pub(crate) fn tried(&self, id: i64, attempts: u64) -> ListedMessage {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let listed = self.list().into_iter().find(|message| message.id == id).unwrap();
            if listed.attempts >= attempts {
                return listed;
            }
            assert!(Instant::now() < deadline, "not tried {attempts} times: {listed:?}");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

#[test]
fn what_is_accepted_at_first_is_delivered_once() {
    let receiver = Receiver::start(&[]);
    let office = Office::new(&[(SUPPLIER, &receiver.url())]);
    let delivery = office.start(DeliveryTimeouts::default());
    office.put(SUPPLIER, Some(METER), "<first/>");
    assert_eq!(receiver.body(), "<first/>");
    assert_eq!(office.tried(1, 1).delivered_at, Some(parse_instant(START).unwrap()));
    office.move_to("2026-06-02T12:00:00Z");
    office.put(SUPPLIER, Some(METER), "<second/>");
    assert_eq!(receiver.body(), "<second/>");
    office.tried(2, 1);
    assert!(receiver.is_empty());
    delivery.stop();
}

#[test]
fn an_address_that_fails_is_tried_again_later_and_later() {
    let other = Receiver::start(&[]);
    let down = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = down.local_addr().unwrap();
    drop(down);
    let office = Office::new(&[(SUPPLIER, &format!("http://{address}/receive"))]);
    office.put(SUPPLIER, Some(METER), "<answer/>");
    let delivery = office.start(DeliveryTimeouts::default());
    let refused = office.tried(1, 1);
    assert!(refused.last_error.unwrap().contains("refused"));
    assert_eq!(refused.next_attempt_at, parse_instant("2026-06-01T12:00:01Z").unwrap());

    let manners =
        [FaultInjection::Status(500), FaultInjection::Redirect(other.url()), FaultInjection::Status(204)];
    let receiver = Receiver::at(TcpListener::bind(address).unwrap(), &manners);
    office.move_to("2026-06-01T12:00:01Z");
    let failed = office.tried(1, 2);
    assert_eq!(failed.last_error.as_deref(), Some("HTTP 500"));
    assert_eq!(failed.next_attempt_at, parse_instant("2026-06-01T12:00:03Z").unwrap());
    office.move_to("2026-06-01T12:00:03Z");
    let redirected = office.tried(1, 3);
    assert_eq!(redirected.last_error.as_deref(), Some("HTTP 302: redirects are not followed"));
    assert!(redirected.delivered_at.is_none() && other.is_empty());
    office.move_to("2026-06-01T12:00:07Z");
    let accepted = office.tried(1, 4);
    assert!(accepted.delivered_at.is_some() && accepted.last_error.is_none());
    assert_eq!([receiver.body(), receiver.body(), receiver.body()], ["<answer/>"; 3]);
    delivery.stop();
    assert!(receiver.is_empty());
}

#[test]
fn a_slow_address_is_given_up_and_tried_again() {
    let receiver = Receiver::start(&[FaultInjection::Silence]);
    let office = Office::new(&[(SUPPLIER, &receiver.url())]);
    let patience = DeliveryTimeouts { whole: Duration::from_millis(300), ..DeliveryTimeouts::default() };
    let delivery = office.start(patience);
    office.put(SUPPLIER, None, "<slow/>");
    assert!(office.tried(1, 1).last_error.unwrap().contains("timeout"));
    office.move_to("2026-06-01T12:00:01Z");
    assert!(office.tried(1, 2).delivered_at.is_some());
    delivery.stop();
}

#[test]
fn a_slow_address_holds_up_nobody_else() {
    let slow = Receiver::start(&[FaultInjection::Silence]);
    let quick = Receiver::start(&[]);
    let office = Office::new(&[(SUPPLIER, &slow.url()), (OTHER_SUPPLIER, &quick.url())]);
    // More of them than there are workers.
    for number in 0..20 {
        let device = Eui64::from_octets([0, 0xDB, 0, 0, 0, 0, 0, number]);
        office.put(SUPPLIER, Some(device), "<slow/>");
    }
    let delivery = office.start(DeliveryTimeouts::default());
    slow.body();
    for number in 21..30 {
        office.put(OTHER_SUPPLIER, Some(METER), &format!("<quick n=\"{number}\"/>"));
        assert_eq!(quick.body(), format!("<quick n=\"{number}\"/>"));
    }
    assert_eq!(office.list()[0].attempts, 0, "the slow one still waits for its answer");
    slow.hang_up();
    delivery.stop();
}

#[test]
fn messages_of_a_device_keep_their_order_and_others_overtake() {
    let receiver = Receiver::start(&[FaultInjection::Status(503)]);
    let office = Office::new(&[(SUPPLIER, &receiver.url())]);
    office.put(SUPPLIER, Some(METER), "<first/>");
    office.put(SUPPLIER, Some(METER), "<second/>");
    office.put(SUPPLIER, Some(OPERATOR), "<other/>");
    let delivery = office.start(DeliveryTimeouts::default());
    assert_eq!([receiver.body(), receiver.body()], ["<first/>", "<other/>"]);
    office.tried(3, 1);
    office.move_to("2026-06-01T12:00:01Z");
    assert_eq!([receiver.body(), receiver.body()], ["<first/>", "<second/>"]);
    office.tried(2, 1);
    delivery.stop();
    assert!(receiver.is_empty());
}

#[test]
fn a_message_without_an_address_stays_and_says_so() {
    let office = Office::new(&[(SUPPLIER, ""), (OPERATOR, "https://127.0.0.1:1/")]);
    for user in [SUPPLIER, OTHER_SUPPLIER, OPERATOR] {
        office.put(user, None, "<answer/>");
    }
    let delivery = office.start(DeliveryTimeouts::default());
    let reasons = [1, 2, 3].map(|id| office.tried(id, 1).last_error.unwrap());
    insta::assert_snapshot!(reasons.join("\n"), @r#"
        the User has no receive_response_url
        the User is not known
        https needs a file with the authorities that may vouch for the server: set outbox.ca
        "#);
    let receiver = Receiver::start(&[]);
    office.know(&[(SUPPLIER, &receiver.url())]);
    office.move_to("2026-06-01T12:00:01Z");
    assert_eq!(receiver.body(), "<answer/>");
    delivery.stop();
}

#[test]
fn what_waits_is_kept_across_a_restart() {
    let receiver = Receiver::start(&[FaultInjection::Status(500)]);
    let mut office = Office::new(&[(SUPPLIER, &receiver.url())]);
    office.put(SUPPLIER, Some(METER), "<kept/>");
    let delivery = office.start(DeliveryTimeouts::default());
    assert_eq!(receiver.body(), "<kept/>");
    office.tried(1, 1);
    delivery.stop();
    office.store.close();
    office.store = Store::open(&office.database.url).unwrap();
    let delivery = office.start(DeliveryTimeouts::default());
    office.move_to("2026-06-01T12:00:01Z");
    assert_eq!(receiver.body(), "<kept/>");
    assert!(office.tried(1, 2).delivered_at.is_some());
    delivery.stop();
}

#[test]
fn a_clock_that_goes_back_holds_up_no_message() {
    let down = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = down.local_addr().unwrap();
    drop(down);
    let office = Office::new(&[(SUPPLIER, &format!("http://{address}/receive"))]);
    office.put(SUPPLIER, Some(METER), "<answer/>");
    let delivery = office.start(DeliveryTimeouts::default());
    office.tried(1, 1);
    let receiver = Receiver::at(TcpListener::bind(address).unwrap(), &[]);
    office.move_to("2026-05-31T12:00:00Z");
    assert!(office.tried(1, 2).delivered_at.is_some(), "a day early by the clock, and at once by any other");
    assert_eq!(receiver.body(), "<answer/>");
    delivery.stop();
}

/// F22: a receiver answers 400 where schema or signature is wrong, and will so for ever.
#[test]
fn a_message_that_is_refused_as_it_is_three_times_is_parked_and_bars_nothing() {
    let receiver = Receiver::start(&[
        FaultInjection::Status(400),
        FaultInjection::Status(429),
        FaultInjection::Status(422),
        FaultInjection::Status(400),
    ]);
    let office = Office::new(&[(SUPPLIER, &receiver.url())]);
    office.put(SUPPLIER, Some(METER), "<refused/>");
    office.put(SUPPLIER, Some(METER), "<behind/>");
    let delivery = office.start(DeliveryTimeouts::default());
    for (tries, at) in [(1, "12:00:01Z"), (2, "12:00:03Z"), (3, "12:00:07Z")] {
        assert_eq!(receiver.body(), "<refused/>");
        assert_eq!(office.tried(1, tries).parked_at, None);
        office.move_to(&format!("2026-06-01T{at}"));
    }
    assert_eq!([receiver.body(), receiver.body()], ["<refused/>", "<behind/>"]);
    assert!(office.tried(2, 1).delivered_at.is_some());
    let parked = office.tried(1, 4);
    assert_eq!(parked.parked_at, Some(parse_instant("2026-06-01T12:00:07Z").unwrap()));
    assert_eq!(parked.last_error.as_deref(), Some("HTTP 400"));
    office.move_to("2026-06-02T12:00:00Z");
    office.put(SUPPLIER, Some(METER), "<later/>");
    assert_eq!(receiver.body(), "<later/>");
    office.tried(3, 1);

    let now = office.clock.now();
    let resend = move |connection: &mut Connection| store::resend_message(connection, 1, None, now);
    let resent = office.store.transact::<_, StoreFault, _>(resend).unwrap();
    assert_eq!((resent, receiver.body().as_str()), (store::ActOutcome::Done, "<refused/>"));
    let accepted = office.tried(1, 5);
    assert!(accepted.delivered_at.is_some() && accepted.parked_at.is_none());
    delivery.stop();
    assert!(receiver.is_empty());
}

/// R5: with 100,000 due messages of one busy User a look took 20 ms, once a delivery.
/// The quickest look of many at what is due, in an outbox with so many messages of a User.
fn quickest_look(office: &Office, busy: &[Eui64], first: Eui64, found: usize) -> Duration {
    let now = office.clock.now();
    let times = (0..20).map(|_| {
        let began = Instant::now();
        let look = office.store.read(|connection| store::outbox_schedule(connection, now, busy, 8));
        let look = look.map_err(|fault: StoreFault| fault).unwrap();
        assert_eq!(
            (look.due.len(), look.due.first().map(|due| due.user), look.next),
            (found, Some(first), Some(now.0))
        );
        began.elapsed()
    });
    times.min().unwrap()
}

/// 200 times the messages make no look ten times as long.
#[test]
fn a_look_costs_the_same_however_many_messages_one_user_has() {
    let office = Office::new(&[]);
    let now = office.clock.now();
    let enqueue = |numbers: std::ops::Range<u32>, user| {
        let put = move |connection: &mut Connection| {
            numbers.clone().try_for_each(|number| {
                let [_, high, middle, low] = number.to_be_bytes();
                let device = Some(Eui64::from_octets([0, 0xDB, 0, 0, 0, high, middle, low]));
                let kind = MessageKind::Alert;
                let new = NewMessage { user, device, request_id: None, kind, message: b"<alert/>" };
                store::enqueue_message(connection, new, now).map(drop)
            })
        };
        office.store.transact::<_, StoreFault, _>(put).unwrap();
    };
    enqueue(0..100, SUPPLIER);
    enqueue(0..1, OTHER_SUPPLIER);
    let looks = [(&[][..], SUPPLIER, 2), (&[SUPPLIER][..], OTHER_SUPPLIER, 1)];
    let few = looks.map(|(busy, first, found)| quickest_look(&office, busy, first, found));
    enqueue(100..20_000, SUPPLIER);
    for ((busy, first, found), few) in looks.into_iter().zip(few) {
        let many = quickest_look(&office, busy, first, found);
        println!("a look: {few:?}, then {many:?}");
        assert!(many < few * 10, "{few:?}, then {many:?}");
    }
}
