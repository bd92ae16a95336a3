//! The locks of batches on PostgreSQL: what is locked elsewhere waits, and nothing else does.

use actix_web::rt::{System, spawn};
use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};
use smi::{
    db::PgConnection,
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, ReadInventory, UpdateInventory, WebService,
    },
    duis::xml,
    service::{Fault, Reply},
    store::Kind,
};

use crate::{
    batches::Gate,
    support::{SUPPLIER, Smi},
};

const fn meter(number: u8) -> Eui64 {
    Eui64::from_octets([0, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, number])
}

const HUB: Eui64 = meter(9);

fn smi() -> Smi {
    let smi = Smi::new();
    let mut devices =
        "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,esme_variant,chf_device_id,import_mpxn\n"
            .to_owned();
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for (number, hub) in [(1, HUB.to_string()), (2, String::new())] {
        let id = meter(number);
        devices.push_str(&format!("{id},ESME,Commissioned,A,B,2.0,A,{hub},101234567890{number}\n"));
        registrations.push_str(&format!("101234567890{number},IS,{SUPPLIER},2025-01-01,\n"));
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
    smi
}

fn correct(number: u8) -> Body {
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::B), ..ChangedDetails::default() };
    let change = InventoryChange::Details(changed);
    Body::UpdateInventory(UpdateInventory { device_id: meter(number), change })
}

/// The code of the answer; none where the service is to be asked again later.
fn answer(smi: &Smi, message: &[u8]) -> Option<String> {
    code_of(smi.service.answer(message, WebService::NonDevice))
}

fn code_of(reply: Result<Reply, Fault>) -> Option<String> {
    match reply {
        Ok(Reply::Answer(answer)) => Some(xml::read_answer(&xml::parse(&answer).unwrap()).unwrap().code),
        Err(Fault::Store(fault)) if fault.is_transient() => None,
        other => panic!("{other:?}"),
    }
}

/// The lock of a Device.
fn lock_of(device: Eui64) -> String {
    format!(
        "pg_advisory_xact_lock(hashtextextended('{device}', hashtextextended(current_schema(), {})))",
        0x73_6d_69_05
    )
}

/// A transaction of another instance that holds this lock until it is dropped.
fn held(smi: &Smi, lock: &str) -> PgConnection {
    let mut other = PgConnection::establish(smi.url()).unwrap();
    other.batch_execute("BEGIN").unwrap();
    diesel::sql_query(format!("SELECT {lock}")).execute(&mut other).unwrap();
    other
}

/// A Device that another instance decides on, or its hub, holds up requests about it until the timeout, and nothing is done then. Other
/// Devices are decided meanwhile, and requests that only read are answered.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_device_that_is_locked_elsewhere_holds_up_its_own_requests_alone() {
    let smi = smi();
    let before = smi.exported(Kind::Devices);
    for locked in [meter(1), HUB] {
        let other = held(&smi, &lock_of(locked));
        let request = smi.request(SUPPLIER, correct(1));
        let message = smi.signed(&request);
        assert_eq!(answer(&smi, &message), None, "{locked}");
        assert_eq!(smi.decisions(request.id).len(), 0);
        assert_eq!(smi.exported(Kind::Devices), before);
        let read = Body::ReadInventory(ReadInventory::DeviceId(meter(1)));
        assert_eq!(smi.ask(SUPPLIER, read).code, "I0");
        // A repetition of the message, once the other is done.
        drop(other);
        if locked == HUB {
            assert_eq!(smi.ask(SUPPLIER, correct(2)).code, "I99");
            assert_eq!(answer(&smi, &message).as_deref(), Some("I99"));
            assert_eq!(smi.decisions(request.id).len(), 1);
        }
    }
}

/// One lock that is not given does not fail the batch: its own request is asked to come again, the others are decided.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_lock_that_is_not_given_fails_its_own_request_alone() {
    let smi = smi();
    let messages = [1, 2, 2].map(|number| smi.signed(&smi.request(SUPPLIER, correct(number))));
    let other = held(&smi, &lock_of(meter(1)));
    let codes = System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let submit = |message: &Vec<u8>| spawn(smi.service.submit_inline(message, WebService::NonDevice));
        let taken = messages.each_ref().map(submit);
        gate.open();
        let mut codes = Vec::new();
        for answer in taken {
            codes.push(code_of(answer.await.unwrap()));
        }
        codes
    });
    assert_eq!(codes.iter().map(Option::as_deref).collect::<Vec<_>>(), [None, Some("I99"), Some("I99")]);
    // Once by the batch, and once by itself: none of them waits for the timeout again.
    assert_eq!(smi.service.store().meter().faults("retried"), 0);
    drop(other);
    assert_eq!(answer(&smi, &messages[0]).as_deref(), Some("I99"));
}

/// Imports, and every write of a version that has no other lock, hold the writers' lock alone.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn no_batch_is_decided_while_another_instance_holds_the_writers_lock() {
    let smi = smi();
    let writers =
        |function: &str| format!("{function}(hashtextextended(current_schema(), {}))", 0x73_6d_69_01);
    let message = smi.signed(&smi.request(SUPPLIER, correct(1)));
    let other = held(&smi, &writers("pg_advisory_xact_lock"));
    assert_eq!(answer(&smi, &message), None);
    drop(other);
    let other = held(&smi, &writers("pg_advisory_xact_lock_shared"));
    assert_eq!(answer(&smi, &message).as_deref(), Some("I99"), "other batches share it");
    drop(other);
}
