//! Simulated Devices: the asynchronous answer comes the delay after the first one, and never before that was handed over.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use smi::{
    service::{
        Choices, SimulatedDevices, Simulation,
        jobs::{Jobs, retention::Ages},
    },
    tls::ClientTls,
    web::{self, Bounds, Listener, ListenerKind},
};

use super::*;
use crate::support::{
    node_red::NodeRed,
    receiver::{DEADLINE, Receiver},
};

fn simulating(simulation: Simulation) -> Smi {
    let simulated_devices = Some(SimulatedDevices::Succeed);
    let smi =
        with_registrations(Smi::choosing(Choices { simulated_devices, simulation, ..Choices::of(DCC) }));
    pre_notify(&smi);
    ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, MPAN)));
    smi
}

/// Asks a CHF to add the meter, and gives the message again for a repetition.
fn add_meter(smi: &Smi) -> Vec<u8> {
    let request = smi.request_to(CHF, SUPPLIER, Body::UpdateHanDeviceLog(add(ESME, Some(MPAN))));
    let message = smi.signed(&request);
    assert_eq!(smi.post_to(WebService::SendCommand, &message).code, "I99");
    message
}

#[test]
fn a_simulated_device_reports_once_and_after_the_answer() {
    let smi = simulating(Simulation::default());
    let message = add_meter(&smi);
    assert_eq!((status(&smi, ESME), outbox(&smi).len()), (Some(SmiStatus::Pending), 0));
    assert_eq!(smi.service.report_simulated(), 1);
    assert_eq!(
        (status(&smi, ESME), outbox(&smi).len()),
        (Some(SmiStatus::Whitelisted), 2),
        "the answer, and N24"
    );
    assert_eq!(smi.post_to(WebService::SendCommand, &message).code, "I99", "the same message again");
    assert_eq!(smi.service.report_simulated(), 0);
    assert_eq!(outbox(&smi).len(), 2);
}

#[test]
fn a_simulated_device_waits_and_fails_as_it_is_told() {
    let smi = simulating(Simulation { delay: Duration::from_secs(3_600), ..Simulation::default() });
    add_meter(&smi);
    assert_eq!((smi.service.report_simulated(), outbox(&smi).len()), (0, 0));
    let smi = simulating(Simulation { fail_percent: 100, ..Simulation::default() });
    add_meter(&smi);
    assert_eq!((smi.service.report_simulated(), outbox(&smi).len()), (1, 1));
    assert_eq!(status(&smi, ESME), Some(SmiStatus::Pending), "the failure moves nothing");
}

/// What an event settled in the meantime is not reported again, and that is no fault.
#[test]
fn a_report_that_an_event_anticipated_is_dropped() {
    let smi = simulating(Simulation::default());
    add_meter(&smi);
    event(&smi, ESME, DeviceEvent::ChfWhitelistFailed).unwrap();
    smi.service.report_simulated();
    assert_eq!((status(&smi, ESME), outbox(&smi).len()), (Some(SmiStatus::Pending), 1));
}

/// What was awaited when the service stopped is reported after the next start.
#[test]
fn a_report_outlives_a_restart() {
    let smi = simulating(Simulation::default());
    add_meter(&smi);
    let receiver = Receiver::start(&[]);
    smi.import(Kind::Users, &user_at(&receiver.url()));
    let again = smi.another_instance();
    let jobs = Jobs::start(&again, Ages::of_days(0, 0), &ClientTls::none()).unwrap();
    assert!(receiver.body().contains("<sr:ResponseCode>I0</sr:ResponseCode>"));
    jobs.stop();
    assert_eq!(status(&smi, ESME), Some(SmiStatus::Whitelisted));
}

const MESSAGES: usize = 1_000;
const CLIENTS: usize = 4;
const DELAY: Duration = Duration::from_millis(100);

fn user_at(url: &str) -> String {
    format!("user_id,roles,status,receive_response_url\n{SUPPLIER},IS;GS,Active,{url}\n")
}

fn display(number: usize) -> smi::domain::Eui64 {
    let [.., high, low] = number.to_be_bytes();
    smi::domain::Eui64::from_octets([0, 0xDB, 0, 0, 0, 1, high, low])
}

/// Pre-notified PPMIDs, one for each message.
fn displays() -> String {
    let mut csv = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,pre_notified_by\n".to_owned();
    for number in 0..MESSAGES {
        let id = display(number);
        writeln!(csv, "{id},PPMID,Pending,Sample Displays,SD-P1,SMETS2 V5.1,01020304,{SUPPLIER}").unwrap();
    }
    csv
}

/// When a request was sent and its answer read, by RequestID.
type Times = HashMap<String, (Instant, Instant)>;

fn send_all(url: &str, messages: &[(String, Vec<u8>)]) -> Times {
    let agent = ureq::Agent::new_with_defaults();
    let send = |(id, message): &(String, Vec<u8>)| {
        let sent = Instant::now();
        let mut reply = agent.post(url).content_type("application/xml").send(message.as_slice()).unwrap();
        let answer = reply.body_mut().read_to_string().unwrap();
        let read = Instant::now();
        assert!(answer.contains("<sr:ResponseCode>I99</sr:ResponseCode>"), "{answer}");
        (id.clone(), (sent, read))
    };
    messages.iter().map(send).collect()
}

/// Sends the messages, whose asynchronous answers come to that address by the delay; when each was sent and its answer read.
fn run(delay: Duration, receive_response_url: &str) -> Times {
    let smi = simulating(Simulation { delay, ..Simulation::default() });
    // A Communications Hub without a meter has no Responsible Supplier.
    add_meter(&smi);
    event(&smi, ESME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    smi.import(Kind::Devices, &displays());
    smi.import(Kind::Users, &user_at(receive_response_url));
    let messages = (0..MESSAGES).map(|number| {
        let body = Body::UpdateHanDeviceLog(add(display(number), None));
        let request = smi.request_to(CHF, SUPPLIER, body);
        (request.id.to_string(), smi.signed(&request))
    });
    let messages = messages.collect::<Vec<_>>();
    let jobs = Jobs::start(&smi.service, Ages::of_days(0, 0), &ClientTls::none()).unwrap();
    let kind = ListenerKind::Duis { max_in_flight: 16 };
    let address = ([127, 0, 0, 1], 0).into();
    let listener = Listener { address, max_body_bytes: 100_000, bounds: Bounds::default(), tls: None, kind };
    let server = web::spawn(smi.service.clone(), listener).unwrap();
    let url = format!("http://{}/api/v1/serviceS", server.address());
    let times = thread::scope(|scope| {
        let clients = messages.chunks(MESSAGES / CLIENTS);
        let clients = clients.map(|own| scope.spawn(|| send_all(&url, own))).collect::<Vec<_>>();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect::<Times>()
    });
    wait_until_delivered(&smi);
    jobs.stop();
    server.stop().unwrap();
    times
}

/// Every message of the outbox, those of the meter too.
fn wait_until_delivered(smi: &Smi) {
    let deadline = Instant::now() + DEADLINE;
    let delivered = || {
        // Only then are all read: they are many, and take the processor from what is waited for.
        if smi.read(store::count_outbox).waiting > 0 {
            return 0;
        }
        let page = store::PageRequest::first(10_000);
        let page = smi.read(|connection| store::outbox_page(connection, None, page));
        page.rows.iter().filter(|message| message.delivered_at.is_some()).count()
    };
    // Each Device has an answer, and N24 tells of it too.
    while delivered() < 2 * (MESSAGES + 1) {
        assert!(Instant::now() < deadline, "{} were delivered", delivered());
        thread::park_timeout(Duration::from_millis(50));
    }
}

/// Of each message, the asynchronous answer came once, after the first one was read and the delay after the message was sent.
fn assert_none_overtook(delay: Duration, times: &Times, arrivals: impl Iterator<Item = (Instant, String)>) {
    let mut came = HashSet::new();
    for (arrived, answer) in arrivals.filter(|(_, message)| !message.contains("DCCAlert")) {
        let id = answer.split("RequestID>").nth(1).unwrap().split('<').next().unwrap();
        // That of the meter was sent before.
        let Some((sent, read)) = times.get(id).copied() else { continue };
        assert!(arrived >= read, "{delay:?}: {id} overtook its answer by {:?}", read - arrived);
        assert!(arrived - sent >= delay, "{delay:?}: {id} came after {:?}", arrived - sent);
        assert!(came.insert(id.to_owned()), "{id} came twice");
    }
    assert_eq!(came.len(), MESSAGES);
}

#[test]
fn no_asynchronous_answer_overtakes_the_first_one() {
    let receiver = Receiver::start(&[]);
    let times = run(Duration::ZERO, &receiver.url());
    assert_none_overtook(Duration::ZERO, &times, receiver.all().into_iter());
}

#[test]
fn no_asynchronous_answer_overtakes_the_first_one_on_its_way_to_node_red() {
    let Some(node_red) = NodeRed::start() else { return };
    let times = run(DELAY, &node_red.url("accept"));
    let arrivals = node_red.arrivals(2 * MESSAGES).into_iter();
    assert_none_overtook(DELAY, &times, arrivals.map(|arrival| (arrival.instant(), arrival.body)));
}
