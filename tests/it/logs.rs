//! What is logged when everything that must not be logged goes through: one id a request, and none of the secrets.

use std::{
    cell::RefCell,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{package, receiver::DEADLINE};

const TOKEN: &str = "SECRET-TOKEN-OF-MANAGEMENT";

const USERS: &str = "\
user_id,party_signifier,party_name,roles,status,receive_response_url
90-B3-D5-1F-30-01-00-00,SECRETSIG,SECRET PARTY NAME,IS;GS,Active,http://user:SECRET-PASSWORD@127.0.0.1:9/SECRET-PATH
";

/// `smi serve` that logs JSON.
struct Served {
    process: Child,
    duis: String,
    manage: String,
    seen: Vec<String>,
    lines: Receiver<String>,
    /// From which its peers connected.
    ports: RefCell<Vec<u16>>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    fn start(dir: &TempDir) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args(["serve", "--listen", "127.0.0.1:0", "--manage-listen", "127.0.0.1:0"])
            .envs([("SMI_LOG_FORMAT", "json"), ("SMI_LOG_LEVEL", "debug"), ("SMI_MANAGE_TOKEN", TOKEN)])
            .envs([("SMI_SIMULATE_DEVICES", "succeed")])
            .current_dir(dir.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = channel();
        let log = BufReader::new(process.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            for line in log.lines() {
                // Nobody listens any more once the test has failed.
                let _ = tell.send(line.unwrap());
            }
        });
        let (duis, manage, seen, ports) = Default::default();
        let mut served = Self { process, duis, manage, seen, lines, ports, reader: Some(reader) };
        served.duis = served.wait_for("address");
        served.manage = served.wait_for("manage");
        served
    }

    /// The value of the first such field that is logged from now on.
    fn wait_for(&mut self, field: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(DEADLINE).unwrap();
            self.seen.push(line.clone());
            let value = serde_json::from_str::<Value>(&line).ok();
            if let Some(found) = value.as_ref().and_then(|value| value.get(field)) {
                return found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            }
        }
    }

    /// Sends one request as it is; the status and the id that came back.
    fn send(&self, to: &str, head: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        self.ports.borrow_mut().push(stream.local_addr().unwrap().port());
        let rest = format!("host: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), rest.as_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        (status, id.unwrap_or_default().to_owned())
    }

    fn stop(mut self) -> Vec<String> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let deadline = Instant::now() + DEADLINE;
        while self.process.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.reader.take().unwrap().join().unwrap();
        self.seen.extend(self.lines.try_iter());
        std::mem::take(&mut self.seen)
    }
}

fn post(path: &str, id: &str) -> String {
    format!("POST {path} HTTP/1.1\r\ncontent-type: application/xml\r\nx-request-id: {id}\r\n")
}

fn put(path: &str, token: &str) -> String {
    format!("PUT {path} HTTP/1.1\r\nauthorization: Bearer {token}\r\n")
}

/// A request of the fixtures, signed by the command.
fn signed(dir: &TempDir, name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let text = fs::read_to_string(package().join(format!("fixtures/requests/{name}.xml"))).unwrap();
    fs::write(dir.path().join("request.xml"), change(text)).unwrap();
    let signed = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["sign", "request.xml"])
        .current_dir(dir.path())
        .output();
    let signed = signed.unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    signed.stdout
}

/// Imports and what is wrong about imports.
fn manage_with_secrets(served: &Served) {
    let manage = |head: String, body: &[u8]| served.send(&served.manage, &head, body);
    let inventory = |name: &str| {
        let text = fs::read_to_string(package().join(format!("fixtures/inventory/{name}.csv"))).unwrap();
        text.replace("Sample Street", "SECRET STREET").replace("ZZ1 1AA", "ZZ9 9XX")
    };
    let import = |kind: &str| put(&format!("/manage/import/{kind}"), TOKEN);
    assert_eq!(manage(import("users"), USERS.as_bytes()).0, 200);
    for kind in ["devices", "registrations", "cpl"] {
        let (status, id) = manage(import(kind), inventory(kind).as_bytes());
        assert_eq!(status, 200, "{kind}");
        assert!(!id.is_empty());
    }
    assert_eq!(manage(import("devices"), b"device_id,postcode\nSECRET-DEVICE,SECRET-CODE\n").0, 422);
    assert_eq!(manage(put("/manage/import/users", "SECRET-GUESS"), b"").0, 401);
    assert_eq!(manage(put("/manage/SECRET-QUERY?x=SECRET-QUERY", TOKEN), b"").0, 404);
}

/// Messages that are accepted, refused, invalid, tampered with, no XML, and sent nowhere.
fn send_secrets(served: &Served, dir: &TempDir) {
    let duis = |head: String, body: &[u8]| served.send(&served.duis, &head, body);
    let to_d = |id: &str, body: &[u8]| duis(post("/api/v1/serviceD", id), body);
    let good = signed(dir, "8.2-by-device", |text| text);
    assert_eq!(to_d("mine-1", &good), (200, "mine-1".to_owned()));
    assert_eq!(to_d("mine-2", &good), (200, "mine-2".to_owned()));
    let model = signed(dir, "8.4-change-model", |text| text.replace("SM-E2", "SECRET-MODEL"));
    assert_eq!(to_d("mine-3", &model).0, 200);
    let long = signed(dir, "8.4-change-model", |text| text.replace("SM-E2", &"SECRET-LONG".repeat(9)));
    assert_eq!(to_d("mine-4", &long).0, 200);
    let tampered = String::from_utf8(model).unwrap().replace("SECRET-MODEL", "SECRET-OTHER");
    assert_eq!(to_d("mine-5", tampered.as_bytes()).0, 200);
    let (status, id) = to_d("SECRET ID", b"<SECRET-XML");
    assert_eq!(status, 400);
    assert!(!id.contains("SECRET") && !id.is_empty(), "{id}");
    assert_eq!(duis(post("/SECRET-PATH?SECRET-QUERY", "mine-6"), b"").0, 404);
    // Its answer goes to the User's address, where nobody is: the reason names the address, the log does not.
    let joined = signed(dir, "8.11-add-esme", |text| text);
    assert_eq!(duis(post("/api/v1/serviceS", "mine-7"), &joined).0, 200);
}

/// What must stand on no line: private keys and certificates, addresses of peers, and all that was sent.
fn secrets(served: &Served, dir: &TempDir) -> Vec<String> {
    let mut secrets = Vec::new();
    let files = ["pki", "pki/tls"].map(|folder| fs::read_dir(dir.path().join(folder)).unwrap());
    for path in files.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(path).unwrap();
        secrets.extend(text.lines().filter(|line| line.len() > 20).map(str::to_owned));
    }
    secrets.extend(["SECRET", "ZZ9 9XX", "127.0.0.1:9/", "Signature", "sr:"].map(str::to_owned));
    secrets.extend(served.ports.borrow().iter().map(|port| format!("127.0.0.1:{port}")));
    assert!(secrets.len() > 30, "{secrets:?}");
    secrets
}

#[test]
fn one_id_on_every_line_of_a_request_and_no_secret_on_any() {
    let dir = tempfile::tempdir().unwrap();
    let mut served = Served::start(&dir);
    manage_with_secrets(&served);
    send_secrets(&served, &dir);
    served.wait_for("attempts");
    let secrets = secrets(&served, &dir);
    let log = served.stop();
    for secret in secrets {
        let told = log.iter().filter(|line| line.contains(&secret)).collect::<Vec<_>>();
        assert!(told.is_empty(), "{secret}: {told:#?}");
    }

    let lines = log.iter().map(|line| serde_json::from_str::<Value>(line).unwrap_or_default());
    let lines = lines.collect::<Vec<_>>();
    let of = |id: &str| lines.iter().filter(|line| line["span"]["id"] == id).collect::<Vec<_>>();
    let decided = of("mine-1").into_iter().find(|line| line["message"] == "request decided").unwrap();
    for field in ["request_id", "variant", "code", "rule", "ms", "timestamp", "level"] {
        assert!(!decided[field].is_null(), "{field} is missing in {decided}");
    }
    for (id, rule) in [("mine-4", "SR/3"), ("mine-5", "SR/4")] {
        assert!(of(id).iter().any(|line| line["rule"] == rule && line["variant"] == "8.4"), "{id}");
    }
    for turn in 1..=7 {
        let status = if turn == 6 { 404 } else { 200 };
        let lines = of(&format!("mine-{turn}"));
        let answered = lines.iter().find(|line| line["message"] == "request answered").unwrap();
        assert_eq!(answered["status"].as_u64(), Some(status));
    }
    let by_the_writer = |line: &&Value| line["message"] == "device event applied";
    assert!(of("mine-7").iter().any(by_the_writer), "another thread's line too");
}
