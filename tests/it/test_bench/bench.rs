//! A service with both its listeners, and clients that see what arrives on the wire.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::Value;
use smi::{
    domain::{Body, InventoryChange, Request, UpdateInventory},
    duis::{signature, xml},
    service::{
        Choices,
        test_bench::{JournalBounds, TestChoices},
    },
    store::Kind,
    web::server_thread::ServerThread,
};

use crate::support::{DCC, METER, SUPPLIER, Smi, duis, managed::Management, receiver::DEADLINE};

const DEVICES: &str = "\
device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant,pre_notified_by
00-DB-12-34-56-78-90-A0,ESME,Pending,Sample Meters,SM-E1,SMETS2 V5.1,01020304,ADE,90-B3-D5-1F-30-01-00-00
";

pub(super) fn test_choices() -> Choices {
    Choices { test: Some(TestChoices::default()), ..Choices::of(DCC) }
}

pub(super) struct Bench {
    pub(super) smi: Smi,
    pub(super) duis: ServerThread,
    manage: Management,
}

impl Bench {
    pub(super) fn start() -> Self {
        Self::of(Smi::choosing(test_choices()))
    }

    pub(super) fn with_journal(messages: usize, bytes: usize) -> Self {
        let test = TestChoices { journal: JournalBounds { messages, bytes }, states: None };
        Self::of(Smi::choosing(Choices { test: Some(test), ..Choices::of(DCC) }))
    }

    pub(super) fn of(smi: Smi) -> Self {
        smi.import(Kind::Devices, DEVICES);
        let duis = duis::listen(&smi, 100_000, 64);
        Self { duis, manage: Management::start(&smi), smi }
    }

    /// A status and a body; JSON where it is that.
    pub(super) fn call(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (status, bytes) = self.bytes(method, path, body);
        let text = String::from_utf8(bytes).unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(super) fn bytes(&self, method: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
        let mut reply = self.manage.reply(method, path, &[], body);
        (reply.status().as_u16(), reply.body_mut().read_to_vec().unwrap())
    }

    pub(super) fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, "");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Puts these faults in the place of those before.
    pub(super) fn faults(&self, list: &str) {
        let (status, body) = self.call("PUT", "/manage/faults", list);
        assert_eq!(status, 200, "{list}: {body}");
    }

    /// A request that is accepted once: it takes the meter out of the inventory.
    pub(super) fn deletion(&self) -> (Request, Vec<u8>) {
        let change = InventoryChange::Delete;
        let body = Body::UpdateInventory(UpdateInventory { device_id: METER, change });
        let request = self.smi.request(SUPPLIER, body);
        let message = self.smi.signed(&request);
        (request, message)
    }

    /// Sends a message over a connection of its own.
    pub(super) fn send(&self, message: &[u8]) -> Seen {
        self.send_to("serviceD", message)
    }

    pub(super) fn send_to(&self, service: &str, message: &[u8]) -> Seen {
        let mut stream = TcpStream::connect(self.duis.address()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let length = message.len();
        let head = format!(
            "POST /api/v1/{service} HTTP/1.1\r\nhost: x\r\ncontent-type: application/xml\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // Where the connection is closed before the body is read, the rest of it goes nowhere.
        let _ = stream.write_all(message);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Seen(bytes)
    }

    /// What a client sees that checks all that it can.
    pub(super) fn shown(&self, seen: &Seen) -> String {
        if seen.0.is_empty() {
            return "closed without a byte".to_owned();
        }
        let status = seen.status();
        if status != 200 {
            let retry =
                seen.header("retry-after").map_or(String::new(), |after| format!(", retry after {after}"));
            return format!("HTTP {status}{retry}");
        }
        match seen.header("content-type") {
            Some("application/xml") => {}
            other => return format!("refused: the type is {}", other.unwrap_or("absent")),
        }
        let body = seen.body();
        let Ok(document) = xml::parse(body) else { return "refused: no whole XML".to_owned() };
        let code = xml::read_answer(&document).unwrap().code;
        match signature::verify_document(&document, DCC, &self.smi.service.trust(), self.smi.now().0) {
            Ok(_) => code,
            Err(fault) => format!("refused: {fault}"),
        }
    }
}

/// What arrived, to the last byte.
pub(super) struct Seen(pub(super) Vec<u8>);

impl Seen {
    fn split(&self) -> (String, &[u8]) {
        let end = self.0.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let (head, body) = self.0.split_at(end + 4);
        (String::from_utf8(head.to_vec()).unwrap().to_lowercase(), body)
    }

    pub(super) fn status(&self) -> u16 {
        self.split().0.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.0.split_at(self.0.len() - self.body().len()).0).unwrap();
        let mut lines = text.split("\r\n").filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn body(&self) -> &[u8] {
        self.split().1
    }
}
