//! A service that listens, and a connection to it that sends what it likes.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use smi::{
    domain::{Body, ReadInventory},
    web::{self, Bounds, Listener, server_thread::ServerThread},
};

use crate::support::{METER, OPERATOR, Smi};

/// No test waits longer for anything; a bound under test is far shorter.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
pub(super) const SHORT: Duration = Duration::from_millis(300);
/// The framework looks at its clock twice a second, and never notices a deadline that has passed before it looks.
pub(super) const SHORTEST_HEAD: Duration = Duration::from_secs(1);
pub(super) const LONGEST: usize = 10_000;

/// A service that listens.
pub(super) struct Server {
    pub(super) smi: Smi,
    pub(super) running: Option<ServerThread>,
}

impl Server {
    pub(super) fn start(bounds: Bounds) -> Self {
        let smi = Smi::new();
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: LONGEST,
            bounds,
            tls: None,
            kind: web::ListenerKind::Duis { max_in_flight: 100 },
        };
        let running = Some(web::spawn(smi.service.clone(), listener).unwrap());
        Self { smi, running }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address()
    }

    pub(super) fn peer(&self) -> Peer {
        Peer::at(self.address())
    }

    /// A request that is answered E080201: there is no such Device.
    pub(super) fn message(&self) -> Vec<u8> {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        self.smi.signed(&self.smi.request(OPERATOR, body))
    }

    /// Another peer is answered as ever.
    pub(super) fn assert_answers(&self) {
        let request = post(&self.message());
        let mut peer = self.peer();
        peer.send(&request);
        let (status, body) = peer.answer();
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("E080201"), "{body}");
    }

    /// The first answer to those bytes, by a peer of their own.
    pub(super) fn told(&self, bytes: &[u8]) -> u16 {
        let mut peer = self.peer();
        peer.send(bytes);
        peer.answer().0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self.running.take().unwrap().stop();
        if !std::thread::panicking() {
            stopped.unwrap();
        }
    }
}

/// A connection.
pub(super) struct Peer(pub(super) TcpStream);

impl Peer {
    pub(super) fn at(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// The server may have said its last word already.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        let sent = self.0.write_all(bytes);
        assert!(sent.is_ok() || sent.is_err_and(|fault| is_gone(fault.kind())));
    }

    /// The next answer: its status and body; 0 where the connection ends instead.
    pub(super) fn answer(&mut self) -> (u16, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.0.read(&mut byte) {
                Ok(1..) => head.extend(byte),
                Ok(0) => return (0, String::from_utf8(head).unwrap()),
                Err(fault) if is_gone(fault.kind()) => return (0, String::new()),
                Err(fault) => panic!("no answer: {fault}"),
            }
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    /// Whether an answer has come already.
    pub(super) fn was_told(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let seen = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        seen.is_ok_and(|bytes| bytes > 0)
    }

    /// All that still comes until the server ends the connection, which it must.
    pub(super) fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(fault) if is_gone(fault.kind()) => {}
            Err(fault) => panic!("the connection stays open: {fault}"),
        }
        String::from_utf8_lossy(&rest).into_owned()
    }
}

pub(super) fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}

/// A whole request.
pub(super) fn post(body: &[u8]) -> Vec<u8> {
    let head = format!("{}Content-Length: {}\r\n\r\n", HEAD, body.len());
    [head.as_bytes(), body].concat()
}

/// The head of a request, but for what says how long the body is.
pub(super) const HEAD: &str =
    "POST /api/v1/serviceD HTTP/1.1\r\nHost: smi\r\nContent-Type: application/xml\r\n";
