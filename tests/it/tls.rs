//! Listeners and deliveries over TLS, with clients that are not ours where they can be had.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, mpsc},
};

use smi::{
    clock::Clock,
    db::{Connection, StoreFault},
    domain::{Body, Eui64, ReadInventory, WebService, parse_instant},
    duis::signature::{TrustStore, pki},
    service::jobs::outbox::{Delivery, DeliveryTimeouts},
    store::{self, Kind, MessageKind, NewMessage},
    tls::{ClientFiles, ClientTls, ServerFiles, ServerTls},
    tools::client::Client,
    web::{self, Bounds, Listener, ListenerTls, server_thread::ServerThread},
};
use tempfile::TempDir;

use crate::support::{DCC, METER, OTHER_SUPPLIER, SUPPLIER, Smi, receiver::DEADLINE, skip::skip};

/// A service behind TLS; its certificates are in a folder of their own.
struct Secured {
    smi: Smi,
    pki: TempDir,
    server: ServerThread,
}

impl Secured {
    fn start(asks_clients: bool, bind_originator: bool) -> Self {
        let smi = Smi::new();
        let pki = made("2026-06-01");
        let client_ca = asks_clients.then(|| pki.path().join("tls/ca.pem"));
        let server = listen(&smi, ServerFiles { client_ca, ..server_files(pki.path()) }, bind_originator);
        Self { smi, pki, server }
    }

    fn url(&self) -> String {
        format!("https://{}", self.server.address())
    }

    /// A client that trusts this server and shows that User's certificate of that PKI.
    fn client(&self, shows: Option<(&Path, Eui64)>) -> ClientTls {
        let identity = shows.map(|(pki, user)| identity(pki, user));
        ClientTls::load(&ClientFiles { ca: Some(self.pki.path().join("tls/ca.pem")), identity }).unwrap()
    }

    /// Whether the listener talks to that client at all.
    fn talks_to(&self, tls: &ClientTls) -> bool {
        let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls.config()).build().into();
        agent.get(format!("{}/health/live", self.url())).call().is_ok()
    }

    /// Sends a request that User signed over that client's connection; the answer's code.
    fn code(&self, tls: &ClientTls, message: &[u8]) -> String {
        let trust = self.smi.service.trust();
        let client = Client::over_tls(&self.url(), tls, &trust, self.smi.clock.clone(), DCC);
        client.post(message, WebService::NonDevice).unwrap().code
    }
}

/// A PKI of that day.
fn made(day: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    pki::init(dir.path(), parse_instant(day).unwrap()).unwrap();
    dir
}

fn server_files(pki: &Path) -> ServerFiles {
    let tls = pki.join("tls");
    let (certificate, key) = (tls.join("server.pem"), tls.join("server.key"));
    ServerFiles { setting: "server.tls", certificate, key, client_ca: None }
}

fn listen(smi: &Smi, files: ServerFiles, bind_originator: bool) -> ServerThread {
    let tls = ServerTls::load(files, smi.clock.clone()).unwrap();
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 100_000,
        bounds: Bounds::default(),
        tls: None,
        kind: web::ListenerKind::Duis { max_in_flight: 16 },
    };
    web::spawn(smi.service.clone(), Listener { tls: Some(ListenerTls { tls, bind_originator }), ..listener })
        .unwrap()
}

fn identity(pki: &Path, user: Eui64) -> (PathBuf, PathBuf) {
    let name = pki.join(format!("tls/client-{user}"));
    (name.with_extension("pem"), name.with_extension("key"))
}

fn openssl(arguments: &[&str], folder: &Path) -> Option<(bool, String)> {
    told("openssl", arguments, folder)
}

/// What that program says, where it is installed: whether it succeeded, and all it printed.
fn told(program: &str, arguments: &[&str], folder: &Path) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let Ok(output) = command.output() else {
        skip(&format!("`{program}`, which tests/run installs"));
        return None;
    };
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Some((output.status.success(), text.concat()))
}

#[test]
fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    let secured = Secured::start(false, false);
    let address = secured.server.address().to_string();
    let connect = |version: &str| {
        let arguments = ["s_client", "-connect", &address, "-CAfile", "tls/ca.pem", "-verify_return_error"];
        let offered = ["-alpn", "h2,http/1.1", "-cipher", "ALL:@SECLEVEL=0", version];
        openssl(&[&arguments[..], &offered].concat(), secured.pki.path())
    };
    for (version, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let Some((success, text)) = connect(version) else { return };
        assert!(success && text.contains(&format!("New, {name}, Cipher is ")), "{text}");
        assert!(text.contains("ALPN protocol: http/1.1"), "{text}");
        assert!(text.contains("Verify return code: 0 (ok)"), "{text}");
        assert!(!text.contains("New Session Ticket"), "no session is taken up again: {text}");
    }
    for version in ["-tls1", "-tls1_1"] {
        let (success, text) = connect(version).unwrap();
        assert!(
            !success && text.contains(" alert ") && text.contains("Cipher is (NONE)"),
            "{version}: {text}"
        );
    }
    secured.server.stop().unwrap();
}

#[test]
fn plain_http_is_not_answered_where_tls_is_spoken() {
    let secured = Secured::start(false, false);
    let mut stream = TcpStream::connect(secured.server.address()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // It may hang up before all was read.
    let _ = stream.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
    assert!(secured.talks_to(&secured.client(None)));
    secured.server.stop().unwrap();
}

#[test]
fn a_handshake_that_says_nothing_is_ended() {
    let secured = Secured::start(false, false);
    let mut silent = TcpStream::connect(secured.server.address()).unwrap();
    silent.set_read_timeout(Some(DEADLINE)).unwrap();
    let told = silent.read(&mut [0; 64]);
    // Ended by the other side: no octet came, and not because this side waited for too long.
    assert!(matches!(told, Ok(0)) || told.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset));
    secured.server.stop().unwrap();
}

#[test]
fn clients_are_asked_for_a_certificate_that_holds() {
    let secured = Secured::start(true, false);
    let foreign = made("2026-06-01");
    let good = secured.client(Some((secured.pki.path(), SUPPLIER)));
    assert!(secured.talks_to(&good));
    assert!(!secured.talks_to(&secured.client(None)), "without a certificate");
    assert!(!secured.talks_to(&secured.client(Some((foreign.path(), SUPPLIER)))), "of another authority");
    // It holds until 2036: a service that still runs then does not talk to it any more.
    secured.smi.move_to("2036-06-02T00:00:00Z");
    assert!(!secured.talks_to(&good), "ended meanwhile");
    secured.server.stop().unwrap();
}

#[test]
fn curl_is_let_in_with_a_certificate_and_not_without() {
    let secured = Secured::start(true, false);
    let url = format!("{}/health/live", secured.url());
    let (certificate, key) = identity(Path::new(""), SUPPLIER);
    let own = ["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()];
    let asked = ["--silent", "--show-error", "--cacert", "tls/ca.pem", &url];
    let Some(let_in) = told("curl", &[&asked[..], &own].concat(), secured.pki.path()) else { return };
    assert_eq!(let_in, (true, "live\n".to_owned()));
    let (success, text) = told("curl", &asked, secured.pki.path()).unwrap();
    assert!(!success && text.contains("certificate required"), "{text}");
    secured.server.stop().unwrap();
}

#[test]
fn an_expired_client_certificate_of_a_known_authority_is_refused() {
    let (smi, pki, expired) = (Smi::new(), made("2026-06-01"), made("2000-01-01"));
    let both = [pki.path(), expired.path()].map(|pki| fs::read(pki.join("tls/ca.pem")).unwrap()).concat();
    let client_ca = pki.path().join("clients.pem");
    fs::write(&client_ca, both).unwrap();
    let files = ServerFiles { client_ca: Some(client_ca), ..server_files(pki.path()) };
    let server = listen(&smi, files, false);
    let secured = Secured { smi, pki, server };
    assert!(secured.talks_to(&secured.client(Some((secured.pki.path(), SUPPLIER)))));
    assert!(!secured.talks_to(&secured.client(Some((expired.path(), SUPPLIER)))));
    secured.smi.move_to("2005-01-01T00:00:00Z");
    let then = secured.talks_to(&secured.client(Some((expired.path(), SUPPLIER))));
    assert!(then, "it is refused for its age alone");
    secured.server.stop().unwrap();
}

/// `SR/4a`: noted where a client certificate is given, and asked where `bind_originator` is set.
#[test]
fn the_client_and_the_originator_are_recorded_and_bound_where_that_is_asked() {
    for bound in [false, true] {
        let secured = Secured::start(true, bound);
        let request =
            |sender| secured.smi.request(sender, Body::ReadInventory(ReadInventory::DeviceId(METER)));
        let own = request(SUPPLIER);
        let client = |user| secured.client(Some((secured.pki.path(), user)));
        let message = secured.smi.signed(&own);
        assert_eq!(secured.code(&client(SUPPLIER), &message), "E080201");
        let recorded = &secured.smi.decisions(own.id)[0].steps[2];
        let asked = if bound { "they must be the same" } else { "they may differ" };
        let saw = format!("client certificate of {SUPPLIER}; originator {SUPPLIER}; {asked}");
        assert_eq!((recorded.rule.as_str(), recorded.holds, recorded.saw.as_str()), ("SR/4a", true, &*saw));

        // The very same message over another's connection: its answer is not for whoever took it down.
        let repeated = secured.code(&client(OTHER_SUPPLIER), &message);
        assert_eq!(repeated, if bound { "E100" } else { "E080201" });

        let others = request(OTHER_SUPPLIER);
        let message = secured.smi.signed(&others);
        let expected = if bound { "E100" } else { "E080201" };
        assert_eq!(secured.code(&client(SUPPLIER), &message), expected);
        let recorded = &secured.smi.decisions(others.id)[0];
        let saw = format!("client certificate of {SUPPLIER}; originator {OTHER_SUPPLIER}; {asked}");
        assert_eq!((recorded.steps[2].rule.as_str(), &recorded.steps[2].saw), ("SR/4a", &saw));
        assert_eq!(recorded.rule.as_deref() == Some("SR/4a"), bound);
        // A refused request has not used its RequestID up.
        let again = secured.code(&client(OTHER_SUPPLIER), &message);
        assert_eq!(again, "E080201");
        secured.server.stop().unwrap();
    }
}

/// `SR/4a`: nobody in particular is not the originator.
#[test]
fn a_client_certificate_without_an_eui_64_sends_nothing_where_it_is_bound() {
    for bound in [false, true] {
        let secured = Secured::start(true, bound);
        let made = openssl(
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-noenc",
                "-subj",
                "/CN=nobody",
                "-days",
                "30",
                "-CA",
                "tls/ca.pem",
                "-CAkey",
                "tls/ca.key",
                "-keyout",
                "nobody.key",
                "-out",
                "nobody.pem",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "extendedKeyUsage=clientAuth",
            ],
            secured.pki.path(),
        );
        let Some((success, text)) = made else { return };
        assert!(success, "{text}");
        secured.smi.move_to(&really_now());
        let nobody = secured.pki.path().join("nobody");
        let identity = Some((nobody.with_extension("pem"), nobody.with_extension("key")));
        let ca = Some(secured.pki.path().join("tls/ca.pem"));
        let tls = ClientTls::load(&ClientFiles { ca, identity }).unwrap();
        let request = secured.smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
        let code = secured.code(&tls, &secured.smi.signed(&request));
        assert_eq!(code, if bound { "E100" } else { "E080201" });
        let saw = &secured.smi.decisions(request.id)[0].steps[2].saw;
        assert!(saw.starts_with("client certificate of no EUI-64; originator "), "{saw}");
        secured.server.stop().unwrap();
    }
}

/// openssl makes certificates that begin now.
fn really_now() -> String {
    Clock::System.now().0.to_string()
}

/// What editors, shells and tools make of a PEM file.
fn edited(pem: &str) -> Vec<(&'static str, Vec<u8>)> {
    let lines = |before: &str, end: &str| {
        pem.lines().map(|line| format!("{before}{line}{end}")).collect::<String>().into_bytes()
    };
    vec![
        ("a byte order mark", format!("\u{feff}{pem}").into_bytes()),
        ("UTF-16", format!("\u{feff}{pem}").encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("CRLF", lines("", "\r\n")),
        ("CR", lines("", "\r")),
        ("blanks at the end", lines("", " \t\n")),
        ("blanks before", lines("    ", "\n")),
        ("no last line end", pem.trim_end().as_bytes().to_vec()),
        ("text before", format!("Bag Attributes\n    friendlyName: caf\u{e9} -----\n{pem}").into_bytes()),
    ]
}

#[test]
fn files_that_an_editor_changed_are_read_by_listeners_clients_and_the_trust_store() {
    let pki = made("2026-06-01");
    let user = pki::USERS[0].1;
    let (server, client) = (server_files(pki.path()), identity(pki.path(), user));
    let (ca, dcc) = (pki.path().join("tls/ca.pem"), pki.path().join("dcc.pem"));
    let files =
        [&server.certificate, &server.key, &client.0, &client.1, &ca, &dcc, &dcc.with_extension("key")];
    let texts = files.map(|file| fs::read_to_string(file).unwrap());
    for (variant, (what, _)) in edited("").into_iter().enumerate() {
        for (file, text) in files.iter().zip(&texts) {
            fs::write(file, &edited(text)[variant].1).unwrap();
        }
        ServerTls::load(ServerFiles { client_ca: Some(ca.clone()), ..server.clone() }, Clock::System)
            .unwrap_or_else(|fault| panic!("{what}: {fault}"));
        ClientTls::load(&ClientFiles { ca: Some(ca.clone()), identity: Some(client.clone()) })
            .unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let mut trust = TrustStore::default();
        trust.load_folder(pki.path()).unwrap();
        assert!(trust.warnings().is_empty(), "{what}: {:?}", trust.warnings());
        assert!(trust.signer_for(pki::DCC, parse_instant("2026-06-02").unwrap()).is_some(), "{what}");
    }
}

#[test]
fn keys_of_openssl_are_read_in_each_of_its_forms_and_encrypted_ones_are_refused() {
    let pki = made("2026-06-01");
    let key = pki.path().join("dcc.key");
    let good = fs::read(&key).unwrap();
    let signer = || {
        let mut trust = TrustStore::default();
        trust.load_folder(pki.path()).unwrap();
        let signs = trust.signer_for(pki::DCC, parse_instant("2026-06-02").unwrap()).is_some();
        (signs, trust.warnings().join("\n"))
    };
    for kind in ["ec", "pkey"] {
        let Some((done, said)) = openssl(&[kind, "-in", "dcc.key", "-out", "made"], pki.path()) else {
            return;
        };
        assert!(done, "{said}");
        fs::rename(pki.path().join("made"), &key).unwrap();
        assert_eq!(signer(), (true, String::new()), "{kind}");
    }
    for kind in ["ec", "pkey"] {
        fs::write(&key, &good).unwrap();
        let arguments = [kind, "-aes128", "-passout", "pass:SECRET", "-in", "dcc.key", "-out", "made"];
        let (done, said) = openssl(&arguments, pki.path()).unwrap();
        assert!(done, "{said}");
        fs::rename(pki.path().join("made"), &key).unwrap();
        let (signs, warning) = signer();
        assert!(
            !signs && warning.contains("is encrypted; a key without a passphrase is wanted"),
            "{warning}"
        );
    }
}

#[test]
fn a_reload_that_cannot_be_used_changes_nothing() {
    let (pki, other) = (made("2026-06-01"), made("2026-06-01"));
    let ca = pki.path().join("tls/ca.pem");
    let files = ServerFiles { client_ca: Some(ca.clone()), ..server_files(pki.path()) };
    let tls = ServerTls::load(files.clone(), Clock::System).unwrap();
    let before = tls.expiries();
    assert_eq!(before.len(), 2);
    assert_eq!(before[0].certificate, "server.tls.certificate CN=localhost");
    assert_eq!(before[1].certificate, "server.tls.client_ca CN=SMI-TEST-TLS");
    let refused = |file: &Path, content: &[u8]| {
        let good = fs::read(file).unwrap();
        fs::write(file, content).unwrap();
        let fault = tls.reload().unwrap_err().to_string();
        fs::write(file, good).unwrap();
        assert_eq!(tls.expiries(), before);
        fault.replace(&pki.path().display().to_string(), "pki")
    };
    let (certificate, key) = (&files.certificate, &files.key);
    insta::assert_snapshot!(refused(certificate, b""), @"`pki/tls/server.pem`: no PEM block `CERTIFICATE`");
    insta::assert_snapshot!(refused(certificate, b"-----BEGIN CERTIFICATE-----\nAAAA"), @"`pki/tls/server.pem`: line 1: PEM block `CERTIFICATE` has no END line of its own");
    insta::assert_snapshot!(refused(key, &fs::read(other.path().join("tls/server.key")).unwrap()), @"`pki/tls/server.key`: not the private key of `pki/tls/server.pem`: keys may not be consistent: KeyMismatch");
    insta::assert_snapshot!(refused(key, b"SECRET"), @"`pki/tls/server.key`: no PEM block `PRIVATE KEY`");
    insta::assert_snapshot!(refused(&ca, b"-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n"), @"`pki/tls/ca.pem`: not a certificate by RFC 5280: ASN.1 DER message is incomplete: expected 3, actual 2 at DER byte 2");
    tls.reload().unwrap();
}

/// A Receive Response address behind TLS that asks for a client certificate; what it was sent.
fn receiver(pki: &Path) -> (SocketAddr, mpsc::Receiver<String>) {
    let files = ServerFiles { client_ca: Some(pki.join("tls/ca.pem")), ..server_files(pki) };
    let config = Arc::new(ServerTls::load(files, Clock::System).unwrap().config());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, (tell, told)) = (listener.local_addr().unwrap(), mpsc::channel());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream);
            let mut text = Vec::new();
            let mut octet = [0];
            while !text.ends_with(b"</end>") && stream.read_exact(&mut octet).is_ok() {
                text.push(octet[0]);
            }
            if text.ends_with(b"</end>") {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
            if tell.send(String::from_utf8(text).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, told)
}

#[test]
fn messages_are_delivered_by_https_to_those_the_operators_authorities_vouch_for() {
    let (smi, pki, foreign) = (Smi::new(), made("2026-06-01"), made("2026-06-01"));
    let (address, told) = receiver(pki.path());
    let users = format!(
        "user_id,status,roles,receive_response_url\n{SUPPLIER},Active,IS,https://{address}/receive\n"
    );
    smi.import(Kind::Users, &users);
    let now = smi.now();
    let put = move |connection: &mut Connection| {
        let message = b"<end></end>";
        let kind = MessageKind::Response;
        let new = NewMessage { user: SUPPLIER, device: None, request_id: None, kind, message };
        store::enqueue_message(connection, new, now)
    };
    smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    let tried = |tls: &ClientTls, attempts: u64| {
        let service = &smi.service;
        let delivery =
            Delivery::start_tls(service.store().clone(), smi.clock.clone(), DeliveryTimeouts::default(), tls)
                .unwrap();
        let deadline = std::time::Instant::now() + DEADLINE;
        let listed = loop {
            let listed = smi
                .read(|connection| store::outbox_page(connection, None, store::PageRequest::first(1)))
                .rows
                .remove(0);
            if listed.attempts >= attempts {
                break listed;
            }
            assert!(std::time::Instant::now() < deadline, "{listed:?}");
            std::thread::park_timeout(std::time::Duration::from_millis(2));
        };
        delivery.stop();
        listed
    };
    let authority = |pki: &Path| Some(pki.join("tls/ca.pem"));
    let unset = tried(&ClientTls::none(), 1);
    let reason = "https needs a file with the authorities that may vouch for the server: set outbox.ca";
    assert_eq!(unset.last_error.as_deref(), Some(reason));
    smi.move_to("2026-06-01T13:00:00Z");
    let wrong = ClientFiles { ca: authority(foreign.path()), identity: None };
    let unknown = tried(&ClientTls::load(&wrong).unwrap(), 2).last_error.unwrap();
    assert!(unknown.contains("UnknownIssuer") || unknown.contains("invalid peer certificate"), "{unknown}");
    assert_eq!(told.recv_timeout(DEADLINE).unwrap(), "");
    smi.move_to("2026-06-01T14:00:00Z");
    let nameless = ClientFiles { ca: authority(pki.path()), identity: None };
    tried(&ClientTls::load(&nameless).unwrap(), 3);
    assert_eq!(told.recv_timeout(DEADLINE).unwrap(), "");
    smi.move_to("2026-06-01T15:00:00Z");
    let right = ClientFiles { identity: Some(identity(pki.path(), SUPPLIER)), ..nameless };
    let delivered = tried(&ClientTls::load(&right).unwrap(), 4);
    assert!(delivered.last_error.is_none() && told.recv_timeout(DEADLINE).unwrap().ends_with("<end></end>"));
}

#[test]
fn management_by_tls_asks_for_the_certificate_and_for_the_token() {
    let (smi, pki) = (Smi::new(), made("2026-06-01"));
    let client_ca = Some(pki.path().join("tls/ca.pem"));
    let files = ServerFiles { client_ca: client_ca.clone(), ..server_files(pki.path()) };
    let secure =
        ListenerTls { tls: ServerTls::load(files, smi.clock.clone()).unwrap(), bind_originator: false };
    let (address, token) = (([127, 0, 0, 1], 0).into(), "open-sesame".parse().unwrap());
    let listener = Listener {
        address,
        max_body_bytes: 1_000,
        bounds: Bounds::default(),
        tls: None,
        kind: web::ListenerKind::Manage { token },
    };
    let server = web::spawn(smi.service.clone(), Listener { tls: Some(secure), ..listener }).unwrap();
    let status = |identity: Option<(PathBuf, PathBuf)>, token: &str| {
        let tls = ClientTls::load(&ClientFiles { ca: client_ca.clone(), identity }).unwrap().config();
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls);
        let agent: ureq::Agent = config.build().into();
        let asked = agent.get(format!("https://{}/manage/outbox", server.address()));
        let reply = asked.header("authorization", format!("Bearer {token}")).call();
        reply.ok().map(|reply| reply.status().as_u16())
    };
    let own = || Some(identity(pki.path(), SUPPLIER));
    assert_eq!(status(own(), "open-sesame"), Some(200));
    assert_eq!(status(own(), "sesame"), Some(401));
    assert_eq!(status(None, "open-sesame"), None);
    server.stop().unwrap();
}

#[test]
fn a_key_that_is_not_the_certificates_is_named() {
    let (pki, other) = (made("2026-06-01"), made("2026-06-01"));
    let (certificate, _) = identity(pki.path(), SUPPLIER);
    let (_, key) = identity(other.path(), SUPPLIER);
    let files = ClientFiles { ca: None, identity: Some((certificate, key)) };
    let fault = ClientTls::load(&files).unwrap_err().to_string();
    assert!(fault.contains(".key`: not the private key of `"), "{fault}");
}
