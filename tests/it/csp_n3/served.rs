//! `smi serve` with a listener for CSPs, as a process.

use std::{fs, path::Path};

use smi::{
    clock::Clock,
    duis::signature::pki,
    store::Kind,
    tls::{ClientFiles, ClientTls},
};

use super::NORTH;
use crate::support::{USERS, served::Served};

/// Puts keys, Users and settings into a folder.
pub(super) fn prepare(dir: &Path) {
    pki::init(&dir.join("pki"), Clock::System.now().0).unwrap();
    fs::write(dir.join(format!("{}.csv", Kind::Users)), USERS).unwrap();
    let settings = format!(
        "[trust]\npem_dir = 'pki'\n[csp_gateway]\nlisten = '127.0.0.1:0'\ncertificate = 'pki/tls/server.pem'\n\
        key = 'pki/tls/server.key'\nclient_ca = 'pki/tls/csp-ca.pem'\n[csp_gateway.csps]\nNorth = '{NORTH}'\n"
    );
    fs::write(dir.join("smi.toml"), settings).unwrap();
}

/// Starts it; where batches are posted.
pub(super) fn start(dir: &Path) -> (Served, String) {
    let served = Served::start(dir, Path::new("."));
    let url = format!("https://{}/csp/n3", served.address("csp_gateway"));
    (served, url)
}

/// A client with the certificate of North's CSP, of that PKI.
pub(super) fn agent(server: &Path, pki: &Path) -> ureq::Agent {
    let tls = pki.join("tls");
    let identity = Some((tls.join("csp-north.pem"), tls.join("csp-north.key")));
    let files = ClientFiles { ca: Some(server.join("tls/ca.pem")), identity };
    let config = ureq::Agent::config_builder().tls_config(ClientTls::load(&files).unwrap().config());
    config.build().into()
}

/// What a batch is answered; nothing where the connection ended before.
pub(super) fn send(agent: &ureq::Agent, url: &str, message: &str) -> Option<String> {
    let reply = agent.post(url).content_type("application/xml").send(message);
    reply.ok()?.body_mut().with_config().limit(10_000_000).read_to_string().ok()
}
