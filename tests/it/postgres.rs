//! PostgreSQL as the store, where it takes a server of its own: TLS to it, and one that goes away and comes back.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use diesel::connection::SimpleConnection as _;
use smi::{
    db::{Connection, OpenFault, ReadOnlyStore, Store, StoreFault, StoreOptions},
    domain::{Body, ReadInventory, WebService},
    service::{Fault, manage::RecordPages},
    store::{self, PageRequest},
};

use crate::support::{
    METER, SUPPLIER, Smi, fresh_database, package,
    pooler::Pooler,
    receiver::DEADLINE,
    server::{Server, run},
};

fn openssl(folder: &Path, arguments: &str) {
    run(Command::new("openssl").args(arguments.split(' ')).current_dir(folder));
}

/// A root of that name, and a certificate of it for `localhost`.
fn certificates(folder: &Path, name: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(
        folder,
        &format!("req -x509 {key} -keyout {name}.root.key -out {name}.root.pem -days 2 -subj /CN={name}"),
    );
    openssl(folder, &format!("req {key} -keyout {name}.key -out {name}.csr -subj /CN=localhost"));
    let names = folder.join(format!("{name}.names"));
    std::fs::write(names, "subjectAltName=DNS:localhost").unwrap();
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA {name}.root.pem -CAkey {name}.root.key -CAcreateserial -days 2 \
             -extfile {name}.names -out {name}.pem"
        ),
    );
}

fn refusal(url: &str) -> String {
    match Store::open(url) {
        Err(fault @ OpenFault::Connect { .. }) => fault.to_string(),
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("{url} is accepted"),
    }
}

#[test]
#[ignore = "needs PostgreSQL's programs: tests/run installs them"]
fn a_server_is_verified_by_the_root_that_the_operator_names() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path(), "ours");
    certificates(folder.path(), "theirs");
    let file = |name: &str| folder.path().join(name);
    let server = Server::start_with_tls(&file("ours.pem"), &file("ours.key"));
    let url = |host: &str, mode: &str, root: &str| {
        let (port, root) = (server.port, file(root).display().to_string());
        format!("postgres://smi@{host}:{port}/postgres?sslmode={mode}&sslrootcert={root}")
    };
    Store::open(&url("localhost", "verify-full", "ours.root.pem")).unwrap();
    let fault = refusal(&url("localhost", "verify-full", "theirs.root.pem"));
    assert!(fault.contains("certificate verify failed"), "{fault}");
    // The certificate is for the name, not for the address.
    let fault = refusal(&url("127.0.0.1", "verify-full", "ours.root.pem"));
    assert!(fault.contains("does not match host name"), "{fault}");
    Store::open(&url("127.0.0.1", "verify-ca", "ours.root.pem")).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn every_command_takes_the_url_of_a_server_and_none_shows_its_password() {
    let database = fresh_database();
    let folder = tempfile::tempdir().unwrap();
    let smi = |url: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        let output =
            command.args(arguments).env("SMI_STORE_URL", url).current_dir(folder.path()).output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    for kind in ["users", "registrations", "devices", "coverage", "cpl"] {
        let file = package().join(format!("fixtures/inventory/{kind}.csv")).display().to_string();
        let all = if kind == "coverage" { &["--all-regions"][..] } else { &[] };
        let (done, said) = smi(&database.url, &[&["import", kind, &file], all].concat());
        assert!(done, "{said}");
    }
    let (done, users) = smi(&database.url, &["export", "users"]);
    assert!(done && users.contains("90-B3-D5-1F-30-01-00-00"), "{users}");
    let file = package().join("fixtures/requests/8.4-change-model.xml").display().to_string();
    let (_, explained) = smi(&database.url, &["explain", &file]);
    assert!(explained.contains("outcome: E080406, decided by SR8.4/d"), "{explained}");

    let secret = database.url.replace("smi@", "smi:s3cret@");
    let (done, config) = smi(&secret, &["serve", "--print-config"]);
    assert!(done && config.contains("postgres://smi:***@") && !config.contains("s3cret"), "{config}");
    let (done, said) = smi(&secret.replace("smi_test_", "missing_"), &["export", "users"]);
    assert!(!done && said.contains("does not exist") && !said.contains("s3cret"), "{said}");
}

#[test]
#[ignore = "needs PostgreSQL's programs: tests/run installs them"]
fn a_server_that_comes_back_is_used_again_without_a_restart() {
    let server = Server::start();
    let plain = format!("postgres://smi@127.0.0.1:{}/postgres?sslmode=require", server.port);
    let fault = refusal(&plain);
    assert!(fault.contains("server does not support SSL"), "{fault}");

    let options = StoreOptions { timeout: Duration::from_secs(1), ..StoreOptions::default() };
    let smi = Smi::with_store(Store::open_with(&server.url(), options).unwrap());
    let ask = || {
        let message = smi.signed(&smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER))));
        smi.service.answer(&message, WebService::NonDevice)
    };
    ask().unwrap();
    assert!(smi.service.is_ready());

    server.down();
    for _ in 0..3 {
        let fault = ask().unwrap_err();
        assert!(fault.is_transient(), "{fault}");
    }
    assert!(!smi.service.is_ready());
    let first = PageRequest::first(1);
    let pages = RecordPages { history: first, hub_notices: first };
    let fault = smi.service.device_record(METER, pages).unwrap_err();
    assert!(fault.is_transient(), "{fault}");

    server.up();
    // A connection that broke is found out by the request that meets it, which is to be sent again; each is met once.
    let answered = (0..10).map(|_| ask()).find(|answer| !answer.as_ref().is_err_and(Fault::is_transient));
    answered.expect("more requests failed than there are connections").unwrap();
    // A reader's connection is opened behind the scenes, and not at once.
    let deadline = Instant::now() + DEADLINE;
    while !smi.service.is_ready() {
        assert!(Instant::now() < deadline, "the readers did not come back");
    }
}

/// A role that may read and no longer write, as when a server has become read-only: the last batch shows nothing of it.
#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_server_that_takes_no_writes_is_not_ready_and_a_check_says_so() {
    let smi = Smi::new();
    let run = |sql: &'static str| {
        let run = move |connection: &mut Connection| Ok(connection.batch_execute(sql)?);
        smi.service.store().transact::<_, StoreFault, _>(run).unwrap();
    };
    let write = || ReadOnlyStore::try_writing(smi.url(), Duration::from_secs(2), store::probe_writing);
    let is_ready = |wanted: bool| {
        let deadline = Instant::now() + DEADLINE;
        while smi.service.is_ready() != wanted {
            assert!(Instant::now() < deadline);
            std::thread::park_timeout(Duration::from_millis(20));
        }
    };
    is_ready(true);
    write().unwrap();
    run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'cannot execute in a read-only transaction' USING ERRCODE = '25006'; END $$; \
         CREATE TRIGGER read_only BEFORE INSERT OR UPDATE ON counters EXECUTE FUNCTION refuse()");
    is_ready(false);
    assert!(write().unwrap_err().to_string().contains("read-only"));
    run("DROP TRIGGER read_only ON counters");
    is_ready(true);
    write().unwrap();
}

#[test]
#[ignore = "needs PostgreSQL's programs: tests/run installs them"]
fn a_pooler_that_shares_sessions_is_refused() {
    let server = Server::start();
    let url = |pooler: &Pooler| format!("postgres://smi@127.0.0.1:{}/postgres?sslmode=disable", pooler.port);
    let Some(sharing) = Pooler::start(server.port, "transaction") else { return };
    let fault = Store::open(&url(&sharing)).err().unwrap().to_string();
    assert!(
        fault.ends_with("a connection pooler shares its sessions; set `pool_mode = session` there"),
        "{fault}"
    );
    let Some(keeping) = Pooler::start(server.port, "session") else { return };
    Store::open(&url(&keeping)).unwrap().close();
}
