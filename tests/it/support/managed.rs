//! The management listener of a service, and calls of it.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::ops::Deref;

use serde_json::Value;
use smi::web::{self, Bounds, Listener, ListenerKind, server_thread::ServerThread};
use ureq::http::{Request, Response};

use super::{Smi, agent};

/// The token that calls carry.
pub(crate) const TOKEN: &str = "open-sesame";

/// The management listener of a service.
pub(crate) struct Management(ServerThread);

/// A service with its management listener.
pub(crate) struct Managed {
    pub(crate) smi: Smi,
    management: Management,
}

/// A header of an answer; empty where there is none.
pub(crate) fn header<B>(reply: &Response<B>, name: &str) -> String {
    reply.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
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
        Self { management: Management::start(&smi), smi }
    }
}

impl Deref for Managed {
    type Target = Management;

    fn deref(&self) -> &Management {
        &self.management
    }
}

impl Management {
    pub(crate) fn start(smi: &Smi) -> Self {
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 2_000_000,
            bounds: Bounds::default(),
            tls: None,
            kind: ListenerKind::Manage { token: TOKEN.parse().unwrap() },
        };
        Self(web::spawn(smi.service.clone(), listener).unwrap())
    }

    pub(crate) fn stop(self) {
        self.0.stop().unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.address())
    }

    /// The whole answer to a call with these headers beside the token.
    pub(crate) fn reply(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Response<ureq::Body> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url()));
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        agent().run(request.body(body.into()).unwrap()).unwrap()
    }

    /// Status, media type and text.
    pub(crate) fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> (u16, String, String) {
        let mut reply = self.reply(method, path, &[], body);
        let (status, media_type) = (reply.status().as_u16(), header(&reply, "content-type"));
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
