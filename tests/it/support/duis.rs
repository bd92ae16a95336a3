//! The DUIS listener of a service.

use smi::web::{self, Bounds, Listener, ListenerKind, server_thread::ServerThread};

use super::Smi;

/// Starts it on a port that it picks, in plain HTTP: messages have at most so many bytes, and so many are decided at a time.
pub(crate) fn listen(smi: &Smi, max_body_bytes: usize, max_in_flight: usize) -> ServerThread {
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes,
        bounds: Bounds::default(),
        tls: None,
        kind: ListenerKind::Duis { max_in_flight },
    };
    web::spawn(smi.service.clone(), listener).unwrap()
}
