//! A Receive Response address: a small HTTP server that answers as it is told and remembers what it was sent.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver as Channel, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

/// No test waits longer for something to happen.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);

/// What an address does with a message.
#[derive(Clone, Debug)]
pub(crate) enum FaultInjection {
    /// Answers with that status.
    Status(u16),
    /// Answers 302 and names another address.
    Redirect(String),
    /// Says nothing until it hangs up.
    Silence,
}

/// An address that is up.
pub(crate) struct Receiver {
    address: SocketAddr,
    silent: Arc<Mutex<Vec<TcpStream>>>,
    bodies: Channel<(Instant, String)>,
}

impl Receiver {
    /// Treats the first messages so, in this order, and accepts those after.
    pub(crate) fn start(manners: &[FaultInjection]) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), manners)
    }

    pub(crate) fn at(listener: TcpListener, manners: &[FaultInjection]) -> Self {
        let address = listener.local_addr().unwrap();
        let manners = manners.to_vec();
        let (tell, bodies) = channel();
        let silent = Arc::default();
        let kept: Arc<Mutex<Vec<_>>> = Arc::clone(&silent);
        std::thread::spawn(move || {
            let mut manners = manners.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let arrived = Instant::now();
                let Some(body) = body_of(&mut stream) else { continue };
                let manner = manners.next().unwrap_or(FaultInjection::Status(200));
                if tell.send((arrived, body)).is_err() {
                    return;
                }
                match manner {
                    FaultInjection::Status(status) => answer(&mut stream, status, ""),
                    FaultInjection::Redirect(to) => answer(&mut stream, 302, &format!("location: {to}\r\n")),
                    FaultInjection::Silence => kept.lock().unwrap().push(stream),
                }
            }
        });
        Self { address, silent, bodies }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/receive", self.address)
    }

    /// Ends the connections on which nothing was said.
    pub(crate) fn hang_up(&self) {
        self.silent.lock().unwrap().clear();
    }

    /// The next message that comes.
    pub(crate) fn body(&self) -> String {
        self.arrival().1
    }

    /// The same, and when its connection came.
    pub(crate) fn arrival(&self) -> (Instant, String) {
        self.bodies.recv_timeout(DEADLINE).unwrap()
    }

    /// All that came and was not taken, and when.
    pub(crate) fn all(&self) -> Vec<(Instant, String)> {
        self.bodies.try_iter().collect()
    }

    /// Whether nothing came that was not taken by [`Self::body`].
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.bodies.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout))
    }
}

fn answer(stream: &mut TcpStream, status: u16, header: &str) {
    let answer = format!("HTTP/1.1 {status} So\r\n{header}content-length: 0\r\nconnection: close\r\n\r\n");
    // A sender that gave up does not listen any more.
    let _ = stream.write_all(answer.as_bytes());
}

/// The body of a POST of XML; a connection that says less is none.
fn body_of(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut text = Vec::new();
    let head = loop {
        let mut octet = [0];
        stream.read_exact(&mut octet).ok()?;
        text.push(octet[0]);
        if text.ends_with(b"\r\n\r\n") {
            break String::from_utf8(text).unwrap().to_lowercase();
        }
    };
    assert!(head.starts_with("post /receive http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/xml\r\n"), "{head}");
    let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).unwrap())
}
