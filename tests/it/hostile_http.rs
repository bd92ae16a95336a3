//! Hostile peers: what they send below the message, and how slowly. None holds up anybody else for long.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use smi::{
    domain::{Body, ReadInventory},
    http::{self, Bounds, Listener, ManageListener},
    running::Running,
};

use crate::support::{METER, OPERATOR, Smi};

/// No test waits longer for anything; a bound under test is far shorter.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);
/// The framework looks at its clock twice a second, and never notices a deadline that has passed before it looks.
const SHORTEST_HEAD: Duration = Duration::from_secs(1);
const LONGEST: usize = 10_000;

/// A service that listens.
struct Server {
    smi: Smi,
    running: Option<Running>,
}

impl Server {
    fn start(bounds: Bounds) -> Self {
        let smi = Smi::new();
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: LONGEST,
            max_in_flight: 100,
            bounds,
        };
        let running = Some(http::spawn(smi.service.clone(), listener).unwrap());
        Self { smi, running }
    }

    fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address()
    }

    fn peer(&self) -> Peer {
        Peer::at(self.address())
    }

    /// A request that is answered E080201: there is no such Device.
    fn message(&self) -> Vec<u8> {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        self.smi.signed(&self.smi.request(OPERATOR, body))
    }

    /// Another peer is answered as ever.
    fn assert_answers(&self) {
        let request = post(&self.message());
        let mut peer = self.peer();
        peer.send(&request);
        let (status, body) = peer.answer();
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("E080201"), "{body}");
    }

    /// The first answer to those bytes, by a peer of their own.
    fn told(&self, bytes: &[u8]) -> u16 {
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
struct Peer(TcpStream);

impl Peer {
    fn at(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// The server may have said its last word already.
    fn send(&mut self, bytes: &[u8]) {
        let sent = self.0.write_all(bytes);
        assert!(sent.is_ok() || sent.is_err_and(|fault| is_gone(fault.kind())));
    }

    /// The next answer: its status and body; 0 where the connection ends instead.
    fn answer(&mut self) -> (u16, String) {
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
    fn was_told(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let seen = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        seen.is_ok_and(|bytes| bytes > 0)
    }

    /// All that still comes until the server ends the connection, which it must.
    fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(fault) if is_gone(fault.kind()) => {}
            Err(fault) => panic!("the connection stays open: {fault}"),
        }
        String::from_utf8_lossy(&rest).into_owned()
    }
}

fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}

/// A whole request.
fn post(body: &[u8]) -> Vec<u8> {
    let head = format!("{}Content-Length: {}\r\n\r\n", HEAD, body.len());
    [head.as_bytes(), body].concat()
}

/// The head of a request, but for what says how long the body is.
const HEAD: &str = "POST /api/v1/serviceD HTTP/1.1\r\nHost: smi\r\nContent-Type: application/xml\r\n";

#[test]
fn slow_bodies_are_cut_and_hold_up_nobody() {
    let server = Server::start(Bounds { body: SHORT, ..Bounds::default() });
    let mut slow: Vec<_> = (0..50).map(|_| server.peer()).collect();
    for peer in &mut slow {
        peer.send(format!("{HEAD}Content-Length: 100\r\n\r\n<").as_bytes());
    }
    server.assert_answers();
    for mut peer in slow {
        let (status, reason) = peer.answer();
        assert_eq!((status, reason.as_str()), (408, "the body did not arrive within 0.3 s\n"));
        assert_eq!(peer.rest(), "");
    }
    server.assert_answers();
}

#[test]
fn a_slow_chunked_body_is_cut_however_often_a_byte_comes() {
    let server = Server::start(Bounds { body: SHORT, ..Bounds::default() });
    let mut peer = server.peer();
    peer.send(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").as_bytes());
    peer.0.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut first = [0; 12];
    let mut sent = 0;
    // Waiting for the answer is the pause between two bytes.
    while peer.0.read_exact(&mut first).is_err() {
        peer.send(b"1\r\n \r\n");
        sent += 1;
        assert!(sent < 3_000, "it is never cut");
    }
    assert_eq!(&first, b"HTTP/1.1 408");
    server.assert_answers();
}

#[test]
fn slow_and_missing_heads_are_cut() {
    let server = Server::start(Bounds { head: SHORTEST_HEAD, ..Bounds::default() });
    let mut silent: Vec<_> = (0..50).map(|_| server.peer()).collect();
    let mut slow: Vec<_> = (0..50).map(|_| server.peer()).collect();
    for peer in &mut slow {
        peer.send(b"POST /api/v1/serviceD HTTP/1.1\r\nHost: smi\r\nX-Slow: ");
    }
    server.assert_answers();
    for peer in silent.iter_mut().chain(&mut slow) {
        let (status, _) = peer.answer();
        assert!([0, 408].contains(&status), "{status}");
        peer.rest();
    }
    server.assert_answers();
}

#[test]
fn a_second_head_that_does_not_end_is_cut() {
    let server = Server::start(Bounds { idle: SHORT, ..Bounds::default() });
    let mut peer = server.peer();
    peer.send(&post(&server.message()));
    assert_eq!(peer.answer().0, 200);
    peer.send(b"POST /api/v1/serviceD HTTP/1.1\r\nX-Slow: ");
    assert_eq!(peer.rest(), "");
    server.assert_answers();
}

#[test]
fn an_idle_connection_is_closed_after_its_answer() {
    let server = Server::start(Bounds { idle: SHORT, ..Bounds::default() });
    let mut peer = server.peer();
    peer.send(&post(&server.message()));
    assert_eq!(peer.answer().0, 200);
    assert_eq!(peer.rest(), "");
    server.assert_answers();
}

#[test]
fn a_peer_that_does_not_read_its_answers_is_cut() {
    let smi = Smi::new();
    let bounds = Bounds { idle: SHORT, ..Bounds::default() };
    let token = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let listener = ManageListener { address: ([127, 0, 0, 1], 0).into(), token, max_body_bytes: 1, bounds };
    let running = http::spawn_manage(smi.service.clone(), listener).unwrap();
    let mut peer = Peer::at(running.address());
    // The longest answer there is, until no more goes in at either end.
    let ask = "GET /openapi.json HTTP/1.1\r\nHost: smi\r\nAuthorization: Bearer 0123456789abcdef0123456789abcdef\r\n\r\n";
    let asks = ask.repeat(100);
    let fault = loop {
        if let Err(fault) = peer.0.write_all(asks.as_bytes()) {
            break fault;
        }
    };
    assert!(is_gone(fault.kind()), "it is let wait: {fault}");
    running.stop().unwrap();
}

#[test]
fn a_peer_that_goes_away_leaves_nothing_behind() {
    let server = Server::start(Bounds::default());
    let message = post(&server.message());
    for length in [0, 1, 20, message.len() - 1, message.len()] {
        for how in [Shutdown::Write, Shutdown::Both] {
            let mut peer = server.peer();
            peer.send(&message[..length]);
            peer.0.shutdown(how).unwrap();
            let (status, body) = peer.answer();
            let is_whole = length == message.len() && status == 200;
            assert!(is_whole || [0, 400, 408].contains(&status), "{length}: {status} {body}");
        }
    }
    server.assert_answers();
}

#[test]
fn idle_connections_beyond_the_limit_give_way() {
    let server = Server::start(Bounds { head: SHORTEST_HEAD, connections: 4, ..Bounds::default() });
    let idle: Vec<_> = (0..8).map(|_| server.peer()).collect();
    server.assert_answers();
    drop(idle);
}

#[test]
fn many_idle_connections_within_the_limit_hold_up_nobody() {
    let server = Server::start(Bounds { head: PATIENCE, ..Bounds::default() });
    let idle: Vec<_> = (0..300).map(|_| server.peer()).collect();
    server.assert_answers();
    drop(idle);
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::start(Bounds::default());
    let health = b"GET /health/live HTTP/1.1\r\nHost: smi\r\n\r\n".as_slice();
    let all = [&post(&server.message()), health, &post(b"<a"), &post(&server.message()), health].concat();
    let mut peer = server.peer();
    peer.send(&all);
    let answers = [(); 5].map(|()| peer.answer());
    assert_eq!(answers.each_ref().map(|(status, _)| *status), [200, 200, 400, 200, 200]);
    assert_eq!([&answers[1].1, &answers[4].1], ["live\n", "live\n"]);
    assert!(answers[0].1.contains("E080201") && answers[3].1.contains("E080201"));
}

#[test]
fn a_thousand_pipelined_requests_are_no_more_than_a_thousand_requests() {
    let server = Server::start(Bounds::default());
    let mut peer = server.peer();
    let mut reading = Peer(peer.0.try_clone().unwrap());
    let asking = std::thread::spawn(move || {
        peer.send("GET /health/live HTTP/1.1\r\nHost: smi\r\n\r\n".repeat(1_000).as_bytes());
        peer
    });
    for _ in 0..1_000 {
        assert_eq!(reading.answer(), (200, "live\n".to_owned()));
    }
    drop(asking.join().unwrap());
    server.assert_answers();
}

#[test]
fn other_media_types_and_encodings_are_refused_unread() {
    let server = Server::start(Bounds::default());
    let message = server.message();
    let with = |media_type: &str, more: &str| {
        let head = "POST /api/v1/serviceD HTTP/1.1\r\nHost: smi\r\n";
        let head = format!("{head}{media_type}{more}Content-Length: {}\r\n\r\n", message.len());
        server.told(&[head.as_bytes(), &message].concat())
    };
    for media_type in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/soap+xml\r\n",
        "Content-Type: application/xml-dtd\r\n",
        "Content-Type: application/xml, text/plain\r\n",
        "Content-Type: multipart/form-data; boundary=application/xml\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: */*\r\n",
        "Content-Type: \r\n",
        "Content-Type: application/xml; charset=utf-16\r\n",
        "Content-Type: application/xml; charset=utf-7\r\n",
        "Content-Type: text/xml; charset=iso-8859-1\r\n",
    ] {
        assert_eq!(with(media_type, ""), 415, "{media_type}");
    }
    for encoding in ["gzip", "GZIP", "deflate", "br", "zstd", "compress", "gzip, gzip", "identity", ""] {
        let encoding = format!("Content-Encoding: {encoding}\r\n");
        assert_eq!(with("Content-Type: application/xml\r\n", &encoding), 415, "{encoding}");
    }
    for media_type in
        ["application/xml", "TEXT/XML", "text/xml; charset=UTF-8", "application/xml;charset=\"utf-8\""]
    {
        assert_eq!(with(&format!("Content-Type: {media_type}\r\n"), ""), 200, "{media_type}");
    }
}

/// A gzip member of 20 MB of zeros would have this beginning.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xec\xc1\x01\x0d\x00\x00\x00\xc2\xa0";

#[test]
fn nothing_is_ever_decompressed() {
    let server = Server::start(Bounds::default());
    let says_nothing = server.told(&post(GZIP));
    assert_eq!(says_nothing, 400, "it is no XML");
    let coded = [HEAD.as_bytes(), b"Transfer-Encoding: gzip, chunked\r\n\r\n", GZIP].concat();
    assert_eq!(server.told(&coded), 400);
    server.assert_answers();
}

#[test]
fn framing_that_could_be_read_two_ways_is_refused_and_nothing_behind_it_is_answered() {
    let server = Server::start(Bounds { body: SHORT, idle: SHORT, head: SHORTEST_HEAD, ..Bounds::default() });
    let hidden = "GET /health/live HTTP/1.1\r\nHost: smi\r\n\r\n";
    for (lengths, body) in [
        ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"),
        ("Content-Length: 4\r\nContent-Length: 5\r\n", "<a/>"),
        ("Content-Length: 4\r\nContent-Length: 4\r\n", "<a/>"),
        ("Content-Length: 4, 4\r\n", "<a/>"),
        ("Content-Length: +4\r\n", "<a/>"),
        ("Content-Length: -1\r\n", ""),
        ("Content-Length: 0x4\r\n", "<a/>"),
        ("Content-Length: 4.0\r\n", "<a/>"),
        ("Content-Length: \r\n", ""),
        ("Content-Length: 18446744073709551616\r\n", ""),
        ("Content-Length: ４\r\n", "<a/>"),
        ("Content-Length : 4\r\n", "<a/>"),
        (" Content-Length: 4\r\n", "<a/>"),
        ("X: a\r\n Content-Length: 4\r\n", "<a/>"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: identity\r\n", "<a/>"),
        ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding:\u{b}chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "0x1\r\na\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n<a/>"),
        ("Transfer-Encoding: chunked\r\n", "4\r\n<a/>0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "4\n<a/>\n0\n\n"),
        ("Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 4\r\n", "<a/>"),
        ("Host: other\r\nContent-Length: 4\r\n", "<a/>"),
        ("X: a\0b\r\nContent-Length: 4\r\n", "<a/>"),
        ("X: a\rb\r\nContent-Length: 4\r\n", "<a/>"),
        ("\u{1}: a\r\nContent-Length: 4\r\n", "<a/>"),
    ] {
        let mut peer = server.peer();
        peer.send(format!("{HEAD}{lengths}\r\n{body}{hidden}").as_bytes());
        let (status, reason) = peer.answer();
        assert!([0, 400, 408].contains(&status), "{lengths:?} {body:?}: {status} {reason}");
        let rest = peer.rest();
        assert!(!rest.contains("live"), "{lengths:?} {body:?}: what was hidden is answered: {rest}");
    }
    server.assert_answers();
}

#[test]
fn a_length_that_lies_costs_the_liar_alone() {
    let server = Server::start(Bounds { body: SHORT, ..Bounds::default() });
    let message = server.message();
    let with = |length: usize| {
        let head = format!("{HEAD}Content-Length: {length}\r\n\r\n");
        server.told(&[head.as_bytes(), &message].concat())
    };
    assert_eq!(with(message.len() + 1), 408, "too long: the rest never comes");
    assert_eq!(with(message.len() - 1), 400, "too short: it is cut, and no XML");
    assert_eq!(with(0), 400);
    assert_eq!(with(LONGEST + 1), 413);
    assert_eq!(with(usize::MAX), 413, "said, and not believed: nothing is set aside for it");
    let none = [HEAD.as_bytes(), b"\r\n", &message].concat();
    assert_eq!(server.told(&none), 400, "no length: no body");
    server.assert_answers();
}

#[test]
fn the_longest_body_is_taken_and_one_byte_more_is_not() {
    let server = Server::start(Bounds::default());
    for (length, status) in [(LONGEST, 400), (LONGEST + 1, 413)] {
        let body = vec![b' '; length];
        assert_eq!(server.told(&post(&body)), status, "{length}");
        let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n");
        let chunked = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        assert_eq!(server.told(&chunked), status, "{length}, chunked");
    }
    let endless = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{}", "1\r\n \r\n".repeat(LONGEST + 1));
    assert_eq!(server.told(endless.as_bytes()), 413);
    server.assert_answers();
}

#[test]
fn bodies_share_one_room_and_who_finds_it_full_is_told_to_come_back() {
    let server = Server::start(Bounds { held_bytes: LONGEST + 2_000, ..Bounds::default() });
    let nearly_all = format!("{HEAD}Content-Length: {LONGEST}\r\n\r\n{}", " ".repeat(LONGEST - 1));
    let other = post(&[b' '; 3_000]);
    let mut holding = server.peer();
    holding.send(nearly_all.as_bytes());
    let tries = (0..10_000).take_while(|_| {
        // Whoever comes second is refused, which may be either of the two.
        if holding.was_told() {
            holding = server.peer();
            holding.send(nearly_all.as_bytes());
        }
        server.told(&other) == 400
    });
    assert!(tries.count() < 10_000, "the room is never full");
    let mut peer = server.peer();
    peer.send(&other);
    assert!(peer.rest().to_ascii_lowercase().contains("retry-after: 1"));
    server.assert_answers();
    drop(holding);
    let tries = (0..10_000).take_while(|_| server.told(&other) == 503).count();
    assert!(tries < 10_000, "the room is never free again");
}

#[test]
fn heads_have_an_end() {
    let server = Server::start(Bounds::default());
    let long = |name: &str, value: &str| format!("{HEAD}{name}: {value}\r\nContent-Length: 0\r\n\r\n");
    let cases = [
        long("X-Long", &"a".repeat(200_000)),
        long(&"a".repeat(200_000), ""),
        HEAD.to_owned() + &"X: a\r\n".repeat(200) + "\r\n",
        HEAD.to_owned() + &"X: a\r\n".repeat(50_000) + "\r\n",
        format!("POST /{} HTTP/1.1\r\nHost: smi\r\n\r\n", "a".repeat(200_000)),
        "A".repeat(200_000),
        "\r\n".repeat(100_000),
    ];
    for case in cases {
        let mut peer = server.peer();
        peer.send(case.as_bytes());
        peer.0.shutdown(Shutdown::Write).unwrap_or_default();
        let (status, _) = peer.answer();
        assert!([0, 400, 404, 414, 431].contains(&status), "{status}: {}", &case[..80]);
    }
    server.assert_answers();
}

#[test]
fn methods_and_paths_that_nobody_answers_are_refused() {
    let server = Server::start(Bounds::default());
    let ask =
        |line: &str| server.told(format!("{line}\r\nHost: smi\r\nContent-Length: 0\r\n\r\n").as_bytes());
    for method in
        ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "post", "P", "A-VERY-LONG-METHOD"]
    {
        let status = ask(&format!("{method} /api/v1/serviceD HTTP/1.1"));
        assert!([400, 405].contains(&status), "{method}: {status}");
    }
    for path in [
        "/",
        "*",
        "/api/v1/serviceX",
        "/api/v1/serviceD/",
        "/api/v1/../v1/serviceD",
        "//api/v1/serviceD",
        "/api/v1/%2e%2e/v1/serviceD",
        "/api/v1/serviceD%00",
        "/api/v1/service%44/x",
        "/API/V1/SERVICED",
        "/api/v1/serviceD;a=b",
        "http://attacker.example/",
        "attacker.example:443",
        "/manage/devices/x",
        "/metrics",
        "/openapi.json",
    ] {
        let status = ask(&format!("POST {path} HTTP/1.1"));
        assert!([400, 404].contains(&status), "{path}: {status}");
    }
    for line in [
        "CONNECT attacker.example:443 HTTP/1.1",
        "POST /api/v1/serviceD HTTP/2.0",
        "POST /api/v1/serviceD HTTP/0.9",
        "POST /api/v1/serviceD",
        "POST  /api/v1/serviceD HTTP/1.1",
        "PRI * HTTP/2.0",
        "\u{16}\u{3}\u{1}\u{2}",
    ] {
        let status = ask(line);
        assert!([0, 400, 404].contains(&status), "{line}: {status}");
    }
    let no_host = "POST /api/v1/serviceD HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(server.told(no_host.as_bytes()), 400);
    server.assert_answers();
}

/// RFC 9112, 3.2.2: a server must take a target with a host in it; the host is nobody's business here.
#[test]
fn an_absolute_target_is_our_own_and_nothing_is_fetched() {
    let server = Server::start(Bounds::default());
    let message = server.message();
    let head = HEAD.replace("/api", "http://attacker.example/api");
    let asked =
        [head.as_bytes(), format!("Content-Length: {}\r\n\r\n", message.len()).as_bytes(), &message].concat();
    assert_eq!(server.told(&asked), 200);
}

#[test]
fn who_asks_before_sending_is_told_to_go_on_and_is_cut_if_nothing_comes() {
    let server = Server::start(Bounds { body: SHORT, ..Bounds::default() });
    let message = server.message();
    let head = format!("{HEAD}Expect: 100-continue\r\nContent-Length: {}\r\n\r\n", message.len());
    let mut peer = server.peer();
    peer.send(head.as_bytes());
    assert_eq!(peer.answer().0, 100);
    peer.send(&message);
    assert_eq!(peer.answer().0, 200);
    let mut silent = server.peer();
    silent.send(head.as_bytes());
    assert_eq!((silent.answer().0, silent.answer().0), (100, 408));
    let mut other = server.peer();
    other.send(format!("{HEAD}Expect: the impossible\r\nContent-Length: 0\r\n\r\n").as_bytes());
    assert!([400, 417].contains(&other.answer().0));
}
