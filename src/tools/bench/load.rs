//! The load generator: keep-alive connections, each with a thread that sends one message after another.
//!
//! It speaks just the HTTP/1.1 that it needs, over plain sockets: an HTTP library would take more processor time than the
//! service, which runs on the same machine.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Barrier, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::domain::WebService;

/// The end of a load that is slow: no message is sent later. A connection at a time over a long round trip would take minutes.
const LONGEST: Duration = Duration::from_secs(10);

/// The latency of each answer, sorted, and the duration of the whole run.
#[derive(Debug)]
pub(super) struct Timings {
    pub(super) sorted: Vec<Duration>,
    pub(super) whole: Duration,
    /// How many of the answers each address gave.
    pub(super) answered: Vec<usize>,
}

impl Timings {
    /// A percentile of the latencies; `share` is out of a thousand.
    pub(super) fn within(&self, share: usize) -> Duration {
        let at = self.sorted.len().saturating_mul(share) / 1_000;
        self.sorted.get(at.min(self.sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// The rate at which messages are sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum SendRate {
    /// Closed loop: each as soon as the connection has the answer to the one before.
    ClosedLoop,
    /// Open loop: so many a second over all connections. Latency counts from when a message was due, so that a slow service
    /// cannot hide its queue (coordinated omission).
    OpenLoop(f64),
}

impl SendRate {
    /// When the message of that number is due, counted from the start.
    fn due(self, number: usize) -> Option<Duration> {
        let Self::OpenLoop(rate) = self else { return None };
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        Some(Duration::from_secs_f64(f64::from(place) / rate))
    }
}

/// What is sent, and how.
#[derive(Debug)]
pub(super) struct Load<'a> {
    /// Where it is sent to.
    pub(super) at: WebService,
    pub(super) messages: &'a [Vec<u8>],
    pub(super) connections: usize,
    pub(super) rate: SendRate,
    /// A part that each answer must contain.
    pub(super) expected: &'a str,
}

impl Load<'_> {
    /// Sends the messages over the connections, which take turns among the addresses. Each answer must be HTTP 200.
    ///
    /// A connection sends the next message that none has taken yet, so that all are busy to the end, and a service that is faster
    /// answers more.
    pub(super) fn send(&self, addresses: &[SocketAddr]) -> anyhow::Result<Timings> {
        let run =
            Run { next: AtomicUsize::new(0), ready: Barrier::new(self.connections), begin: OnceLock::new() };
        let to = || addresses.iter().copied().enumerate().cycle().take(self.connections);
        let run = &run;
        let parts = thread::scope(|scope| {
            // Collected first: joined lazily, the threads would run one after another.
            let sent = to()
                .map(|(_, address)| scope.spawn(move || self.send_part(address, run)))
                .collect::<Vec<_>>();
            sent.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
        });
        let whole = run.begin.get().map_or(Duration::ZERO, Instant::elapsed);
        let mut timings = Timings {
            sorted: Vec::with_capacity(self.messages.len()),
            whole,
            answered: vec![0; addresses.len()],
        };
        for ((instance, _), part) in to().zip(parts) {
            let part = part.map_err(|_| anyhow::anyhow!("a connection broke off"))??;
            if let Some(answered) = timings.answered.get_mut(instance) {
                *answered += part.len();
            }
            timings.sorted.extend(part);
        }
        timings.sorted.sort_unstable();
        Ok(timings)
    }

    /// Sends what this connection gets to send. Returns the latencies.
    fn send_part(&self, address: SocketAddr, run: &Run) -> anyhow::Result<Vec<Duration>> {
        let connection = HttpConnection::open(address, self.at).context("connecting");
        // Time begins when all are connected. One that failed must not leave the others waiting.
        run.ready.wait();
        let mut connection = connection?;
        let begin = *run.begin.get_or_init(Instant::now);
        let mut taken = Vec::new();
        loop {
            let number = run.next.fetch_add(1, Ordering::Relaxed);
            let Some(message) = self.messages.get(number) else { return Ok(taken) };
            let now = Instant::now();
            let due = self.rate.due(number).map_or(now, |due| begin + due);
            if due.max(now) > begin + LONGEST {
                return Ok(taken);
            }
            thread::sleep(due.saturating_duration_since(now));
            let answer = connection.exchange(message)?;
            taken.push(due.elapsed());
            if !contains(answer, self.expected.as_bytes()) {
                bail!("expected `{}`, got: {}", self.expected, String::from_utf8_lossy(answer));
            }
        }
    }
}

/// What the connections of a run share.
struct Run {
    /// The number of the message that is sent next.
    next: AtomicUsize,
    ready: Barrier,
    begin: OnceLock<Instant>,
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

struct HttpConnection {
    stream: TcpStream,
    at: WebService,
    request: Vec<u8>,
    received: Vec<u8>,
}

impl HttpConnection {
    fn open(address: SocketAddr, at: WebService) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, at, request: Vec::new(), received: Vec::new() })
    }

    /// Sends one message; returns the body of its answer.
    fn exchange(&mut self, message: &[u8]) -> anyhow::Result<&[u8]> {
        self.request.clear();
        write!(
            self.request,
            "POST /api/v1/{} HTTP/1.1\r\nHost: smi\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
            self.at,
            message.len()
        )?;
        // Head and body in one write: one system call for each message.
        self.request.extend_from_slice(message);
        self.stream.write_all(&self.request)?;
        self.received.clear();
        loop {
            let mut buffer = [0; 16_384];
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                bail!("the service closed the connection");
            }
            self.received.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if let Some(body) = complete(&self.received)? {
                return Ok(self.received.get(body..).unwrap_or_default());
            }
        }
    }
}

/// The offset of the body, once all of it was received.
fn complete(received: &[u8]) -> anyhow::Result<Option<usize>> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(at) = received.windows(END.len()).position(|window| window == END) else { return Ok(None) };
    let head = String::from_utf8_lossy(received.get(..at).unwrap_or_default()).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        bail!("not answered by 200: {head}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.context("an answer without a Content-Length")?.trim().parse::<usize>()?;
    let body = at + END.len();
    Ok((received.len() >= body + length).then_some(body))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_answer_is_complete_when_all_of_its_body_is_there() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd";
        assert_eq!(complete(&answer[..30]).unwrap(), None);
        assert_eq!(complete(&answer[..answer.len() - 1]).unwrap(), None);
        assert_eq!(complete(answer).unwrap(), Some(answer.len() - 4));
        assert!(complete(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n").is_err());
        assert!(complete(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn messages_are_due_at_their_rate() {
        let due = |rate: SendRate, number| rate.due(number).map(|due| due.as_millis());
        let rate = SendRate::OpenLoop(100.0);
        assert_eq!([due(rate, 0), due(rate, 3), due(rate, 9)], [Some(0), Some(30), Some(90)]);
        assert_eq!(due(SendRate::ClosedLoop, 2), None);
    }

    /// A service that answers so many messages on each of its connections, and then closes it. No connection goes on before so many,
    /// over all services, have sent a message as `first` waits for.
    fn service(most: usize, first: &Arc<Barrier>) -> SocketAddr {
        let first = Arc::clone(first);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let first = Arc::clone(&first);
                thread::spawn(move || {
                    let (mut stream, mut buffer) = (stream.unwrap(), [0; 4_096]);
                    let mut read = stream.read(&mut buffer);
                    first.wait();
                    for _ in 0..most {
                        let Ok(1..) = read else { return };
                        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone").unwrap();
                        read = stream.read(&mut buffer);
                    }
                });
            }
        });
        address
    }

    #[test]
    fn every_message_is_answered_once_by_one_of_the_services() {
        let messages = vec![b"asked".to_vec(); 500];
        let load = Load {
            at: WebService::NonDevice,
            messages: &messages,
            connections: 5,
            rate: SendRate::ClosedLoop,
            expected: "done",
        };
        let all = Arc::new(Barrier::new(5));
        let timings = load.send(&[service(usize::MAX, &all), service(usize::MAX, &all)]).unwrap();
        assert_eq!(timings.sorted.len(), 500);
        assert_eq!(timings.answered.iter().sum::<usize>(), 500);
        assert!(timings.answered.iter().all(|answered| *answered > 0), "{timings:?}");
        let load = Load { expected: "else", ..load };
        let fault = load.send(&[service(usize::MAX, &all)]).unwrap_err();
        assert!(fault.to_string().starts_with("expected `else`, got: "), "{fault}");
    }

    #[test]
    fn a_connection_that_breaks_off_ends_the_run() {
        let messages = vec![b"asked".to_vec(); 50];
        let load = Load {
            at: WebService::NonDevice,
            messages: &messages,
            connections: 3,
            rate: SendRate::ClosedLoop,
            expected: "done",
        };
        let all = Arc::new(Barrier::new(3));
        let fault = load.send(&[service(usize::MAX, &all), service(0, &all)]).unwrap_err().to_string();
        assert!(
            ["closed the connection", "reset", "roken pipe"].iter().any(|reason| fault.contains(reason)),
            "{fault}"
        );
        let alone = Arc::new(Barrier::new(1));
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(load.send(&[service(usize::MAX, &alone), nobody]).unwrap_err().to_string(), "connecting");
    }

    #[test]
    fn shares_are_read_from_the_sorted_times() {
        let sorted = (1..=1_000).map(Duration::from_micros).collect();
        let timings = Timings { sorted, whole: Duration::from_secs(1), answered: vec![1_000] };
        let within = [500, 990, 999, 1_000].map(|share| timings.within(share).as_micros());
        assert_eq!(within, [501, 991, 1_000, 1_000]);
        let none = Timings { sorted: Vec::new(), whole: Duration::ZERO, answered: Vec::new() };
        assert_eq!(none.within(500), Duration::ZERO);
    }
}
