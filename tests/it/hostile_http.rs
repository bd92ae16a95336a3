//! Hostile peers: what they send below the message, and how slowly. None holds up anybody else for long.

mod framing;
mod harness;

use std::{
    io::{Read as _, Write as _},
    net::Shutdown,
    time::Duration,
};

use smi::web::{self, Bounds, Listener};

use crate::support::Smi;

use harness::*;

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
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 1,
        bounds,
        tls: None,
        kind: web::ListenerKind::Manage { token },
    };
    let running = web::spawn(smi.service.clone(), listener).unwrap();
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
