//! What is refused unread: types, encodings, lengths, heads, methods and targets.

use std::net::Shutdown;

use smi::web::Bounds;

use super::harness::*;

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
    for encoding in ["gzip", "GZIP", "deflate", "br", "zstd", "compress", "gzip, gzip", "identity, gzip"] {
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
