//! Jobs: long work with a page of its own, and the verification of the audit chains as one.

use smi::{
    db::{Connection, StoreFault},
    domain::{Body, ReadInventory},
    service::console::{JobRefused, PersonName},
};

use super::harness::Console;
use crate::support::{METER, SUPPLIER, Smi};

fn read(smi: &Smi) {
    smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
}

fn change(smi: &Smi, statement: &'static str) {
    let change = move |connection: &mut Connection| {
        diesel::RunQueryDsl::execute(diesel::sql_query(statement), connection)?;
        Ok(())
    };
    smi.service.store().transact::<_, StoreFault, _>(change).unwrap();
}

fn by() -> PersonName {
    "Olga".parse().unwrap()
}

#[test]
fn a_reader_verifies_the_chains_and_keeps_the_result() {
    let console = Console::start();
    let reader = console.reader();
    let none = console.page(&reader, "/jobs").main();
    assert!(none.contains("No job was started since this instance started."), "{none}");
    read(&console.smi);
    read(&console.smi);
    assert!(console.page(&reader, "/audit").main().contains("action=\"/audit/verify\" method=\"post\""));
    let sent = console.post_as(&reader, "/audit/verify", &[]);
    assert_eq!((sent.status, sent.header("location")), (303, "/jobs/1"), "{}", sent.text);
    let page = console.page(&reader, "/jobs/1").main();
    assert!(page.contains("<span class=\"mark good\">done</span>"), "{page}");
    assert!(page.contains("1 Jun 2026, 13:00:00 BST</time> by rita</dd>"), "{page}");
    assert!(page.contains("The chains are whole: 2 records stand as they were kept."), "{page}");
    assert!(page.contains("Verify again") && !page.contains("data-live"), "{page}");
    let list = console.page(&reader, "/jobs").main();
    assert!(list.contains("<a href=\"/jobs/1\">1</a>") && list.contains("whole: 2 records"), "{list}");
    let part = console.page(&reader, "/jobs/1/progress").text;
    assert!(part.contains("data-done") && !part.contains("<main"), "{part}");
    for path in ["/jobs/7", "/jobs/x", "/jobs/7/progress"] {
        assert_eq!(console.get_as(&reader, path).status, 404, "{path}");
    }
    assert_eq!(console.get_as(&reader, "/audit/verify").status, 405);
}

#[test]
fn a_verification_names_the_first_fault_and_its_place() {
    let console = Console::on_a_file();
    let operator = console.operator();
    read(&console.smi);
    read(&console.smi);
    change(&console.smi, "UPDATE decisions SET code = 'E1' WHERE sequence = 1");
    assert_eq!(console.post_as(&operator, "/audit/verify", &[]).status, 303);
    let page = console.page(&operator, "/jobs/1").main();
    assert!(page.contains("The chains have faults: 1."), "{page}");
    assert!(page.contains("record 1 (row 1, request") && page.contains("was changed"), "{page}");
    assert!(console.page(&operator, "/jobs").main().contains("faults found: 1"));
}

#[test]
fn a_job_is_started_with_session_and_token_alone() {
    let console = Console::start();
    let reader = console.reader();
    assert_eq!(console.post("/audit/verify", &[]).status, 401);
    assert_eq!(console.post_exactly(&reader, "/audit/verify", &[]).status, 403);
    for path in ["/jobs", "/jobs/1", "/jobs/1/progress"] {
        assert_eq!(console.get(path).status, 303, "{path}");
    }
    assert!(console.smi.service.console_jobs().is_empty());
}

#[test]
fn a_service_that_stops_starts_no_job() {
    let console = Console::start();
    let operator = console.operator();
    console.smi.service.stop_console_jobs();
    assert!(matches!(console.smi.service.start_verification(by()), Err(JobRefused::Stopping)));
    let refused = console.post_as(&operator, "/audit/verify", &[]);
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("the service is stopping"), "{}", refused.text);
}
