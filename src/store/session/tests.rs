use std::{
    cell::Cell,
    sync::{Arc, Mutex},
};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    domain::{
        Body, ChangedDetails, InventoryChange, MpxnKind, ReadInventory, Request, RequestIdUse, SmiStatus,
        StatusMove, UpdateInventory,
    },
    store::testing::{TempStore, device_id, now, pending, request, value},
};

/// Of two homes of the fixtures, and one that is not there.
const DEVICES: [u8; 8] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA6, 0xA8, 0x01];

#[derive(Clone, Debug)]
enum Step {
    Correct(u8, &'static str),
    Move(u8, SmiStatus),
    Supply(u8),
    Associate(u8, Option<u8>),
    Join(u8),
    Leave(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let device = || select(&DEVICES[..]);
    let hub = select(vec![0xA0, 0xA6]);
    let firmware = select(vec!["01020300", "99999999"]);
    prop_oneof![
        4 => (device(), firmware).prop_map(|(device, firmware)| Step::Correct(device, firmware)),
        1 => (device(), select(SmiStatus::ALL)).prop_map(|(device, status)| Step::Move(device, status)),
        1 => device().prop_map(Step::Supply),
        1 => (device(), option::of(hub)).prop_map(|(device, hub)| Step::Associate(device, hub)),
        1 => device().prop_map(Step::Join),
        1 => device().prop_map(Step::Leave),
    ]
}

/// What a step changes of a Device as it stands; nothing where it is not there.
fn change(session: &mut Session<'_>, step: &Step) -> Option<DeviceChange> {
    let mut find = |last| session.device(device_id(last)).unwrap();
    Some(match *step {
        Step::Correct(last, firmware) => {
            let details = find(last)?.details;
            DeviceChange::SetDetails(
                device_id(last),
                DeviceDetails { firmware_version: Some(value(firmware)), ..details },
            )
        }
        Step::Move(last, to) => {
            let from = find(last)?.status?;
            DeviceChange::SetStatus(StatusMove { device: device_id(last), from, to, date_commissioned: None })
        }
        Step::Supply(last) => {
            DeviceChange::SetMpxn(find(last)?.id, MpxnKind::SecondaryImportMpan, value("2000000001019"))
        }
        Step::Associate(last, hub) => DeviceChange::SetChf(find(last)?.id, hub.map(device_id)),
        Step::Join(last) => match find(last) {
            None => {
                let chf = Some(device_id(0xA0));
                DeviceChange::Add(Box::new(Device { chf, ..pending(last, DeviceType::Ihd) }))
            }
            Some(_) => return None,
        },
        Step::Leave(last) => DeviceChange::Remove(find(last)?.id),
    })
}

fn questions() -> Vec<Request> {
    let read = |last: &u8| request(Body::ReadInventory(ReadInventory::DeviceId(device_id(*last))));
    let correct = |last: &u8| {
        let change = InventoryChange::Details(ChangedDetails::default());
        request(Body::UpdateInventory(UpdateInventory { device_id: device_id(*last), change }))
    };
    DEVICES.iter().map(read).chain(DEVICES.iter().map(correct)).collect()
}

fn told(session: &mut Session<'_>, question: &Request) -> String {
    let facts = crate::store::load_facts(session, question, RequestIdUse::New, now("2026-02-01"), &[]);
    format!("{:?}", facts.unwrap())
}

/// What is told of each Device after each step, and how many steps changed something; all is taken back in the end.
fn walk(temp: &TempStore, steps: Vec<Step>, remembering: bool) -> (Vec<String>, usize) {
    let walked = Arc::new(Mutex::new((Vec::new(), 0)));
    let out = Arc::clone(&walked);
    let by = Cause { user: None, request_id: None, interface: "test", reason: None };
    let work = move |connection: &mut Connection| {
        let (questions, mut said, mut changed) = (questions(), Vec::new(), 0);
        let mut session = Session::new(connection);
        if remembering {
            session.prefetch(questions.iter())?;
        }
        for step in &steps {
            if let Some(change) = change(&mut session, step) {
                session.apply(&[change.into()], &by, now("2026-02-01"))?;
                changed += 1;
            }
            if !remembering {
                session.connection()?;
            }
            said.extend(questions.iter().map(|question| told(&mut session, question)));
        }
        // Read from the database, with nothing remembered.
        session.finish()?;
        let mut session = Session::new(connection);
        said.extend(questions.iter().map(|question| told(&mut session, question)));
        *out.lock().unwrap() = (said, changed);
        Err::<(), _>(StoreFault::Closed)
    };
    let fault = temp.transact(work).unwrap_err();
    assert!(matches!(fault, StoreFault::Closed), "{fault}");
    Arc::into_inner(walked).unwrap().into_inner().unwrap()
}

#[test]
fn what_is_remembered_is_what_the_database_holds() {
    let temp = TempStore::with_fixtures();
    let changed = Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(32));
    runner
        .run(&vec(step(), 1..10), |steps| {
            let (said, some) = walk(&temp, steps.clone(), true);
            prop_assert_eq!(&said, &walk(&temp, steps, false).0);
            changed.set(changed.get() + some);
            Ok(())
        })
        .unwrap();
    assert!(changed.get() > 50, "hardly a step changed anything: {changed:?}");
}

/// On a server the details of many Devices are one statement, and one of them that is gone is named.
#[test]
fn details_of_a_device_that_is_gone_are_refused_with_the_rest() {
    let temp = TempStore::with_fixtures();
    let details = pending(1, DeviceType::Esme).details;
    let all = [0xA2, 0x01, 0xA8].map(|last| (device_id(last), details.clone()));
    let before = temp.dump(crate::store::Kind::Devices);
    let fault = temp
        .transact(move |connection| device::set_details_of_all(connection, &all.clone().into()))
        .unwrap_err();
    assert_eq!(fault.to_string(), device::not_in_inventory(device_id(1)).to_string());
    assert_eq!(temp.dump(crate::store::Kind::Devices), before);
}
