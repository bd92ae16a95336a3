//! The management listener of a service, and calls of it.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use serde_json::Value;
use smi::web::{self, Bounds, Listener, ListenerKind, server_thread::ServerThread};

use super::{Smi, agent};

/// The token that calls carry.
pub(crate) const TOKEN: &str = "open-sesame";

/// A service with its management listener.
pub(crate) struct Managed {
    pub(crate) smi: Smi,
    server: ServerThread,
}

/// An answer in JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a 200.
    pub(crate) fn good(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    /// The reason of a refusal.
    pub(crate) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or("no error")
    }

    /// Status and reason of a refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status, self.error())
    }
}

impl Managed {
    pub(crate) fn start(smi: Smi) -> Self {
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 2_000_000,
            bounds: Bounds::default(),
            tls: None,
            kind: ListenerKind::Manage { token: TOKEN.parse().unwrap() },
        };
        let server = web::spawn(smi.service.clone(), listener).unwrap();
        Self { smi, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Status, media type and text.
    pub(crate) fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> (u16, String, String) {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let mut reply = agent().run(request.body(body.into()).unwrap()).unwrap();
        let media_type = reply.headers().get("content-type").map_or("", |value| value.to_str().unwrap());
        let (status, media_type) = (reply.status().as_u16(), media_type.to_owned());
        (status, media_type, reply.body_mut().read_to_string().unwrap())
    }

    /// Status and text of what is at a path.
    pub(crate) fn page(&self, path: &str) -> (u16, String) {
        let (status, _, text) = self.send("GET", path, "");
        (status, text)
    }

    /// What is answered in JSON.
    pub(crate) fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let (status, media_type, text) = self.send(method, path, body);
        assert_eq!(media_type, "application/json", "{path}: {status} {text}");
        Answer { status, body: serde_json::from_str(&text).unwrap() }
    }

    /// The body of a 200.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }
}
