//! `smi serve` with a listener for CSPs, as a process.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use smi::{
    clock::Clock,
    signature::pki,
    store::Kind,
    tls::{ClientFiles, ClientTls},
};

use super::NORTH;
use crate::support::{USERS, receiver::DEADLINE};

/// It is killed when dropped.
pub(super) struct Served {
    pub(super) process: Child,
    pub(super) url: String,
    log: mpsc::Receiver<String>,
}

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

impl Served {
    pub(super) fn start(dir: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args([
                "serve",
                "--config",
                "smi.toml",
                "--listen",
                "127.0.0.1:0",
                "--manage-listen",
                "127.0.0.1:0",
            ])
            .args(["--load", "."])
            // It is for the tests, and no setting.
            .env_remove("SMI_TEST_POSTGRES")
            .current_dir(dir)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, log) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut served = Self { process, url: String::new(), log };
        let line = served.logged("listening for CSPs by TLS");
        let address = line.split("csp_gateway=").nth(1).unwrap().trim();
        served.url = format!("https://{address}/csp/n3");
        served
    }

    /// The next line of the log that says so.
    pub(super) fn logged(&self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            match self.log.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.push(line),
                Err(_) => panic!("no `{text}` in the log: {seen:#?}"),
            }
        }
    }

    pub(super) fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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
