use std::{
    cell::Cell,
    sync::{Arc, Mutex},
};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    domain::{
        Body, ChangedDetails, DetailsChange, Device, DeviceDetails, DeviceType, InventoryChange, MpxnKind,
        ReadInventory, Request, RequestIdUse, SmiStatus, StatusMove, UpdateInventory,
    },
    store::testing::{TempStore, device_id, now, pending, request, value},
};

/// Devices of two homes of the fixtures, and one that is not in the SMI.
const DEVICES: [u8; 8] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA6, 0xA8, 0x01];

#[derive(Clone, Debug)]
enum ChangeStep {
    Correct(u8, &'static str),
    Move(u8, SmiStatus),
    Supply(u8),
    Associate(u8, Option<u8>),
    Join(u8),
    Leave(u8),
}

fn step() -> impl Strategy<Value = ChangeStep> {
    let device = || select(&DEVICES[..]);
    let hub = select(vec![0xA0, 0xA6]);
    let firmware = select(vec!["01020300", "99999999"]);
    prop_oneof![
        4 => (device(), firmware).prop_map(|(device, firmware)| ChangeStep::Correct(device, firmware)),
        1 => (device(), select(SmiStatus::ALL)).prop_map(|(device, status)| ChangeStep::Move(device, status)),
        1 => device().prop_map(ChangeStep::Supply),
        1 => (device(), option::of(hub)).prop_map(|(device, hub)| ChangeStep::Associate(device, hub)),
        1 => device().prop_map(ChangeStep::Join),
        1 => device().prop_map(ChangeStep::Leave),
    ]
}

/// The change that a step makes to a Device in its present state; none where the Device is absent.
fn change(session: &mut Session<'_>, step: &ChangeStep) -> Option<DeviceChange> {
    let mut find = |last| session.device(device_id(last)).unwrap();
    Some(match *step {
        ChangeStep::Correct(last, firmware) => {
            let details = find(last)?.details;
            let to = DeviceDetails { firmware_version: Some(value(firmware)), ..details.clone() };
            DeviceChange::SetDetails(device_id(last), Box::new(DetailsChange { from: details, to }))
        }
        ChangeStep::Move(last, to) => {
            let from = find(last)?.status?;
            DeviceChange::SetStatus(StatusMove { device: device_id(last), from, to, date_commissioned: None })
        }
        ChangeStep::Supply(last) => {
            DeviceChange::SetMpxn(find(last)?.id, MpxnKind::SecondaryImportMpan, value("2000000001019"))
        }
        ChangeStep::Associate(last, hub) => DeviceChange::SetChf(find(last)?.id, hub.map(device_id)),
        ChangeStep::Join(last) => match find(last) {
            None => {
                let chf = Some(device_id(0xA0));
                DeviceChange::Add(Box::new(Device { chf, ..pending(last, DeviceType::Ihd) }))
            }
            Some(_) => return None,
        },
        ChangeStep::Leave(last) => DeviceChange::Remove(find(last)?.id),
    })
}

fn requests() -> Vec<Request> {
    let read = |last: &u8| request(Body::ReadInventory(ReadInventory::DeviceId(device_id(*last))));
    let correct = |last: &u8| {
        let change = InventoryChange::Details(ChangedDetails::default());
        request(Body::UpdateInventory(UpdateInventory { device_id: device_id(*last), change }))
    };
    DEVICES.iter().map(read).chain(DEVICES.iter().map(correct)).collect()
}

fn facts_of(session: &mut Session<'_>, request: &Request) -> String {
    let facts = crate::store::load_facts(session, request, RequestIdUse::New, now("2026-02-01"), &[]);
    format!("{:?}", facts.unwrap())
}

/// Runs the steps, with or without the cache. Returns the facts of each request after each step, and how many steps changed
/// something. The transaction is rolled back at the end.
fn run_steps(temp: &TempStore, steps: Vec<ChangeStep>, with_cache: bool) -> (Vec<String>, usize) {
    let result = Arc::new(Mutex::new((Vec::new(), 0)));
    let out = Arc::clone(&result);
    let by = Cause { user: None, request_id: None, interface: "test", reason: None };
    let work = move |connection: &mut Connection| {
        let (requests, mut facts, mut changed) = (requests(), Vec::new(), 0);
        let mut session = Session::new(connection);
        if with_cache {
            session.prefetch(|session| {
                requests.iter().for_each(|request| drop(facts_of(session, request)));
                Ok::<_, StoreFault>(())
            })?;
        }
        for step in &steps {
            if let Some(change) = change(&mut session, step) {
                session.apply(&[change.into()], &by, now("2026-02-01"))?;
                changed += 1;
            }
            // Clears the cache.
            if !with_cache {
                session.connection()?;
            }
            facts.extend(requests.iter().map(|request| facts_of(&mut session, request)));
        }
        // From the database, with an empty cache.
        session.finish()?;
        let mut session = Session::new(connection);
        facts.extend(requests.iter().map(|request| facts_of(&mut session, request)));
        *out.lock().unwrap() = (facts, changed);
        Err::<(), _>(StoreFault::Closed)
    };
    let fault = temp.transact(work).unwrap_err();
    assert!(matches!(fault, StoreFault::Closed), "{fault}");
    Arc::into_inner(result).unwrap().into_inner().unwrap()
}

#[test]
fn the_cache_holds_what_the_database_holds() {
    let temp = TempStore::with_fixtures();
    let changed = Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(32));
    runner
        .run(&vec(step(), 1..10), |steps| {
            let (facts, some) = run_steps(&temp, steps.clone(), true);
            prop_assert_eq!(&facts, &run_steps(&temp, steps, false).0);
            changed.set(changed.get() + some);
            Ok(())
        })
        .unwrap();
    assert!(changed.get() > 50, "hardly a step changed anything: {changed:?}");
}

/// On a server the details of many Devices are written by one statement; the fault names the one that is missing.
#[test]
fn details_of_a_missing_device_are_refused_with_the_rest() {
    let temp = TempStore::with_fixtures();
    let details = pending(1, DeviceType::Esme).details;
    let before = temp.dump(crate::store::Kind::Devices);
    let by = Cause { user: None, request_id: None, interface: "test", reason: None };
    let fault = temp.transact(move |connection| {
        let mut session = Session::new(connection);
        let change = DetailsChange { from: details.clone(), to: details.clone() };
        let set = |last| DeviceChange::SetDetails(device_id(last), Box::new(change.clone())).into();
        session.apply(&[0xA2, 0x01, 0xA8].map(set), &by, now("2026-02-01"))?;
        session.finish()
    });
    assert_eq!(fault.unwrap_err().to_string(), device::not_in_inventory(device_id(1)).to_string());
    assert_eq!(temp.dump(crate::store::Kind::Devices), before);
}
