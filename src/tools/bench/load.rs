//! The load generator: keep-alive connections, each with a thread that sends one message after another.
//!
//! It speaks just the HTTP/1.1 that it needs, over plain sockets: an HTTP library would take more processor time than the
//! service, which runs on the same machine.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

/// The latency of each answer, sorted, and the duration of the whole run.
#[derive(Debug)]
pub(super) struct Timings {
    pub(super) sorted: Vec<Duration>,
    pub(super) whole: Duration,
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
    /// When a message is due, counted from the start: that number on that one of so many connections.
    fn due(self, number: usize, connection: usize, connections: usize) -> Option<Duration> {
        let Self::OpenLoop(rate) = self else { return None };
        let place = u32::try_from(number * connections + connection).unwrap_or(u32::MAX);
        Some(Duration::from_secs_f64(f64::from(place) / rate))
    }
}

/// Sends the messages over that many connections. Each answer must be HTTP 200 and contain `expected`.
pub(super) fn send(
    address: SocketAddr,
    messages: &[Vec<u8>],
    connections: usize,
    rate: SendRate,
    expected: &str,
) -> anyhow::Result<Timings> {
    let share = messages.len().div_ceil(connections.max(1)).max(1);
    let begin = Instant::now();
    let parts = thread::scope(|scope| {
        let sent = messages.chunks(share).enumerate().map(|(connection, part)| {
            let due = move |number| Some(begin + rate.due(number, connection, connections)?);
            scope.spawn(move || send_part(address, part, due, expected))
        });
        // Collected first: joined lazily, the threads would run one after another.
        let sent = sent.collect::<Vec<_>>();
        sent.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let whole = begin.elapsed();
    let mut sorted = Vec::with_capacity(messages.len());
    for part in parts {
        sorted.extend(part.map_err(|_| anyhow::anyhow!("a connection broke off"))??);
    }
    sorted.sort_unstable();
    Ok(Timings { sorted, whole })
}

fn send_part(
    address: SocketAddr,
    messages: &[Vec<u8>],
    due: impl Fn(usize) -> Option<Instant>,
    expected: &str,
) -> anyhow::Result<Vec<Duration>> {
    let mut connection = HttpConnection::open(address).context("connecting")?;
    let mut taken = Vec::with_capacity(messages.len());
    for (number, message) in messages.iter().enumerate() {
        let now = Instant::now();
        let begin = due(number).unwrap_or(now);
        thread::sleep(begin.saturating_duration_since(now));
        let answer = connection.exchange(message)?;
        taken.push(begin.elapsed());
        if !contains(answer, expected.as_bytes()) {
            bail!("expected `{expected}`, got: {}", String::from_utf8_lossy(answer));
        }
    }
    Ok(taken)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

struct HttpConnection {
    stream: TcpStream,
    request: Vec<u8>,
    received: Vec<u8>,
}

impl HttpConnection {
    fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: Vec::new(), received: Vec::new() })
    }

    /// Sends one message; returns the body of its answer.
    fn exchange(&mut self, message: &[u8]) -> anyhow::Result<&[u8]> {
        self.request.clear();
        write!(
            self.request,
            "POST /api/v1/serviceD HTTP/1.1\r\nHost: smi\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
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
    fn messages_are_due_at_their_rate_over_all_connections() {
        let due =
            |rate: SendRate, number, connection| rate.due(number, connection, 4).map(|due| due.as_millis());
        let rate = SendRate::OpenLoop(100.0);
        assert_eq!([due(rate, 0, 0), due(rate, 0, 3), due(rate, 2, 1)], [Some(0), Some(30), Some(90)]);
        assert_eq!(due(SendRate::ClosedLoop, 2, 1), None);
    }

    #[test]
    fn shares_are_read_from_the_sorted_times() {
        let sorted = (1..=1_000).map(Duration::from_micros).collect();
        let timings = Timings { sorted, whole: Duration::from_secs(1) };
        let within = [500, 990, 999, 1_000].map(|share| timings.within(share).as_micros());
        assert_eq!(within, [501, 991, 1_000, 1_000]);
        let none = Timings { sorted: Vec::new(), whole: Duration::ZERO };
        assert_eq!(none.within(500), Duration::ZERO);
    }
}
