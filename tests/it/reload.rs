//! SIGHUP to a service that runs: certificates are replaced under it, connections stay, mistakes change nothing.
#![cfg(unix)]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use smi::{clock::Clock, duis::signature::pki};

use crate::support::{DCC, SUPPLIER, package, receiver::DEADLINE, served::Served};

const SETTINGS: &str = "\
[server.tls]
certificate = 'pki/tls/server.pem'
key = 'pki/tls/server.key'
client_ca = 'pki/tls/ca.pem'
bind_originator = true
[manage]
token = 'open-sesame'
";

/// Starts it with the inventory of the fixtures; returns the address of its TLS listener.
fn serve(dir: &Path) -> (Served, SocketAddr) {
    let served = Served::start(dir, &package().join("fixtures/inventory"));
    let address = served.address("with TLS address").parse().unwrap();
    (served, address)
}

/// SIGHUP; what the log says of either.
fn reload(served: &Served) -> (String, String) {
    served.signal("-HUP");
    (served.logged("server.tls: "), served.logged("trust: "))
}

/// A connection of the Supplier's that is kept open.
struct Kept(StreamOwned<ClientConnection, TcpStream>);

impl Kept {
    fn open(address: SocketAddr, pki: &Path, authorities: &[&Path]) -> Self {
        let mut roots = RootCertStore::empty();
        for authority in authorities {
            roots.add(certificate(&authority.join("tls/ca.pem"))).unwrap();
        }
        let name = pki.join(format!("tls/client-{SUPPLIER}"));
        let key = PrivateKeyDer::from_pem_file(name.with_extension("key")).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate(&name.with_extension("pem"))], key)
            .unwrap();
        let server = ServerName::IpAddress(address.ip().into());
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self(StreamOwned::new(ClientConnection::new(Arc::new(config), server).unwrap(), stream))
    }

    /// Asks whether the service lives, over this very connection.
    fn asks(&mut self) {
        self.0.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let mut octet = [0];
        while !answer.ends_with(b"\r\n\r\nlive\n") {
            self.0.read_exact(&mut octet).unwrap();
            answer.push(octet[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }

    fn shown(&self) -> CertificateDer<'static> {
        self.0.conn.peer_certificates().unwrap().first().unwrap().clone()
    }
}

fn certificate(file: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file).unwrap()
}

fn smi(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smi")).args(arguments).current_dir(dir).output().unwrap()
}

/// `smi send`, as that User shows its own certificate: the code, or why there is none.
fn sent(dir: &Path, url: &str, user: &str, https: bool) -> String {
    let file = package().join("fixtures/requests/8.2-by-device.xml").display().to_string();
    let own = format!("pki/tls/client-{user}");
    let (certificate, key) = (format!("{own}.pem"), format!("{own}.key"));
    let mut arguments = vec!["send", &file, "--url", url, "--as", user];
    if https {
        arguments.extend(["--ca", "pki/tls/ca.pem", "--client-cert", &certificate, "--client-key", &key]);
    }
    let output = smi(dir, &arguments);
    String::from_utf8(output.stderr).unwrap().trim_end().rsplit(": ").next().unwrap().to_owned()
}

#[test]
fn certificates_are_replaced_under_open_connections_and_bad_ones_are_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let (pki, next) = (dir.path().join("pki"), dir.path().join("next"));
    for folder in [&pki, &next] {
        pki::init(folder, Clock::System.now().0).unwrap();
    }
    fs::write(dir.path().join("smi.toml"), SETTINGS).unwrap();
    let (served, address) = serve(dir.path());
    let open = || Kept::open(address, &pki, &[&pki, &next]);
    let (file, key) = (pki.join("tls/server.pem"), pki.join("tls/server.key"));
    let (old, new) = (certificate(&file), certificate(&next.join("tls/server.pem")));
    let mut kept = open();
    kept.asks();
    assert_eq!(kept.shown(), old);

    fs::copy(next.join("tls/server.pem"), &file).unwrap();
    let (tls, trust) = reload(&served);
    assert!(tls.contains("the old certificates stay") && tls.contains("not the private key of"), "{tls}");
    assert!(trust.contains("certificates and keys read again"), "{trust}");
    let mut another = open();
    another.asks();
    assert_eq!(another.shown(), old, "half an edit is not taken");

    fs::copy(next.join("tls/server.key"), &key).unwrap();
    assert!(reload(&served).0.contains("certificates read again"));
    let mut fresh = open();
    fresh.asks();
    assert_eq!(fresh.shown(), new);
    kept.asks();
    another.asks();

    fs::write(&file, "nonsense").unwrap();
    let (tls, _) = reload(&served);
    assert!(tls.contains("pki/tls/server.pem`: no PEM block `CERTIFICATE`"), "{tls}");
    let mut last = open();
    last.asks();
    assert_eq!(last.shown(), new);
    kept.asks();
    served.signal("-TERM");
    served.logged("stopped");
}

#[test]
fn a_trust_store_edited_under_the_service_is_used_from_the_next_message_on_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let pki = dir.path().join("pki");
    pki::init(&pki, Clock::System.now().0).unwrap();
    // A code of its own for a used RequestID, so that it differs from a refused signature.
    fs::write(dir.path().join("codes.toml"), "\"SR/6\" = \"E65\"\n").unwrap();
    let settings = format!("{SETTINGS}[rules]\ncodes = \"codes.toml\"\n");
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let (served, address) = serve(dir.path());
    let url = format!("https://{}", address);
    let supplier = SUPPLIER.to_string();
    let send = || sent(dir.path(), &url, &supplier, true);
    assert_eq!(send(), "I0");
    assert_eq!(sent(dir.path(), &url, &supplier, false), "set --ca FILE");

    // The certificate cannot be read any more: the one that was read stays.
    let file = pki.join("supplier-1.pem");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replace("-----END", "%-----END")).unwrap();
    let (_, trust) = reload(&served);
    assert!(trust.contains("the old certificates and keys stay"), "{trust}");
    assert!(trust.contains("pki/supplier-1.pem`: "), "{trust}");
    fs::write(&file, &good).unwrap();
    // The RequestID is used by now: check 6 refuses, which nobody reaches whose signature does not hold.
    assert_eq!(send(), "E65");

    // The key to sign answers with is gone: the old one stays.
    fs::rename(pki.join("dcc.key"), dir.path().join("dcc.key")).unwrap();
    let (_, trust) = reload(&served);
    assert!(
        trust.contains(&format!("no valid certificate with a private key for the DCC, {DCC}")),
        "{trust}"
    );
    fs::rename(dir.path().join("dcc.key"), pki.join("dcc.key")).unwrap();
    assert_eq!(send(), "E65");

    // The certificate is taken away on purpose: its signatures are refused from the next message on.
    let signers = tempfile::tempdir().unwrap();
    fs::rename(&file, signers.path().join("supplier-1.pem")).unwrap();
    let (_, trust) = reload(&served);
    assert!(trust.contains("certificates and keys read again"), "{trust}");
    fs::copy(signers.path().join("supplier-1.pem"), &file).unwrap();
    assert_eq!(send(), "E100");
    reload(&served);
    assert_eq!(send(), "E65");
}

#[test]
fn certificates_that_end_soon_are_warned_about() {
    let dir = tempfile::tempdir().unwrap();
    // They hold for ten years from the day they are made.
    pki::init(&dir.path().join("pki"), "2016-06-20T12:00:00Z".parse().unwrap()).unwrap();
    let settings = format!("{SETTINGS}[test]\nclock = '2026-06-01'\n");
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let (served, _) = serve(dir.path());
    let manage = served.address("manage");
    reload(&served);
    let signer = format!("signer {DCC} serial ");
    for certificate in
        ["server.tls.certificate CN=localhost", "server.tls.client_ca CN=SMI-TEST-TLS", &signer]
    {
        let line = served.logged(certificate);
        assert!(line.contains("certificate ends soon") && line.contains("days_left=19"), "{line}");
    }
    let agent = ureq::Agent::new_with_defaults();
    let moved =
        agent.put(format!("http://{manage}/manage/clock")).header("authorization", "Bearer open-sesame");
    moved.send("{\"now\": \"2026-07-01\"}").unwrap();
    let (_, trust) = reload(&served);
    assert!(trust.contains("no valid certificate with a private key for the DCC"), "{trust}");
    let line = served.logged("server.tls.certificate CN=localhost");
    assert!(line.contains("certificate has ended") && line.contains("days_left=-11"), "{line}");
}

#[test]
fn the_conformance_suite_plays_over_tls() {
    let dir = tempfile::tempdir().unwrap();
    pki::init(&dir.path().join("pki"), Clock::System.now().0).unwrap();
    let settings = SETTINGS.replace("client_ca = 'pki/tls/ca.pem'\nbind_originator = true\n", "");
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let (_served, address) = serve(dir.path());
    let url = format!("https://{}", address);
    let arguments = ["conform", "--pki", "pki", "--only", "REFUSALS-1", "--url", &url];
    let refused = smi(dir.path(), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert!(reason.ends_with("may vouch for the server: set --ca FILE\n"), "{reason}");
    let played = smi(dir.path(), &[&arguments[..], &["--ca", "pki/tls/ca.pem"]].concat());
    let report = String::from_utf8(played.stdout).unwrap();
    assert_eq!(played.status.code(), Some(0), "{report}");
    assert!(report.contains("1 passed"), "{report}");
}
