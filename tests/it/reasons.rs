//! Reasons on the wire: headers that say why an answer is as it is, and status lines that say what is wrong.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use smi::{
    domain::{Body, ReadInventory},
    service::Choices,
    store::PageRequest,
    web::server_thread::ServerThread,
};

use crate::support::{
    DCC, METER, OPERATOR, OTHER_SUPPLIER, SUPPLIER, Smi, duis, package, receiver::DEADLINE,
};

fn start(explain_headers: bool, max_in_flight: usize) -> (Smi, ServerThread) {
    let smi = Smi::choosing(Choices { explain_headers, ..Choices::of(DCC) });
    let server = duis::listen(&smi, 20_000, max_in_flight);
    (smi, server)
}

/// The status line, and the two headers where they are there.
fn send(to: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let length = body.len();
    let head = format!("{head}host: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A body that is too long is refused before it is read.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let head = answer.split("\r\n\r\n").next().unwrap().to_owned();
    let is_shown = |line: &&str| line.starts_with("HTTP/1.1") || line.starts_with("x-smi-");
    let mut shown = head.split("\r\n").filter(is_shown).collect::<Vec<_>>();
    if let [_, headers @ ..] = shown.as_mut_slice() {
        headers.sort();
    }
    shown.join("\n")
}

const XML: &str = "POST /api/v1/serviceD HTTP/1.1\r\ncontent-type: application/xml\r\n";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(package().join(format!("fixtures/requests/{name}.xml"))).unwrap()
}

#[test]
fn every_answer_says_why() {
    let (smi, server) = start(true, 16);
    let to = server.address();
    let read = |sender| smi.signed(&smi.request(sender, Body::ReadInventory(ReadInventory::DeviceId(METER))));
    let refused = read(OPERATOR);
    let mut tampered = String::from_utf8(read(SUPPLIER)).unwrap();
    tampered = tampered.replace(&SUPPLIER.to_string(), &OTHER_SUPPLIER.to_string());
    let invalid = format!(
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\">\
         <sr:Header><sr:RequestID>\u{e9}{}</sr:RequestID></sr:Header></sr:Request>",
        "x".repeat(300)
    );
    let other = String::from_utf8(fixture("8.2-by-device")).unwrap();
    let other = other.replace(">8.2<", ">4.2<");
    let told = [
        ("refused", send(to, XML, &refused)),
        ("repeated", send(to, XML, &refused)),
        ("not signed by its sender", send(to, XML, tampered.as_bytes())),
        ("invalid", send(to, XML, invalid.as_bytes())),
        ("no XML", send(to, XML, b"<a")),
        ("not answered here", send(to, XML, other.as_bytes())),
        ("media type", send(to, "POST /api/v1/serviceD HTTP/1.1\r\ncontent-type: text/plain\r\n", b"x")),
        ("encoded", send(to, &format!("{XML}content-encoding: gzip\r\n"), b"x")),
        ("too long", send(to, XML, &[b' '; 20_001])),
        ("method", send(to, "GET /api/v1/serviceD HTTP/1.1\r\n", b"")),
        ("path", send(to, "POST /serviceD HTTP/1.1\r\n", b"")),
        ("health", send(to, "GET /health/live HTTP/1.1\r\n", b"")),
    ];
    let told = told.map(|(name, told)| format!("{name}\n{told}\n")).join("\n");
    assert!(told.lines().all(|line| line.len() <= 200 + "x-smi-reason: ".len()), "{told}");
    insta::assert_snapshot!("every_answer_says_why", told);
    // Those of the checks 1 to 4 are listed; the decision, its repetition and the health check are not.
    let listed = smi.service.refusals(PageRequest { after: None, limit: 100 }).rows;
    let rules = listed.iter().map(|row| (row.reason.rule, row.status)).collect::<Vec<_>>();
    assert_eq!(
        rules,
        [
            ("SR/4", 200),
            ("SR/3", 200),
            ("SR/2", 400),
            ("SR/3", 501),
            ("SR/1", 415),
            ("SR/1", 415),
            ("SR/1", 413),
            ("SR/1", 405),
            ("SR/1", 404)
        ]
    );
    assert!(listed.iter().all(|row| row.reason.text.len() <= 1_000));
    // What was read of them is quoted; each says where it came from.
    let quoted = listed.iter().map(|row| row.excerpt.is_some()).collect::<Vec<_>>();
    assert_eq!(quoted, [true, true, true, true, false, false, false, false, false]);
    assert!(listed.iter().all(|row| row.peer.is_some_and(|peer| peer.ip().is_loopback())));
    assert!(listed[0].reason.request_id.is_some() && listed[3].reason.variant.is_some());
    server.stop().unwrap();
}

#[test]
fn too_many_at_once_are_told_so_in_the_status_line() {
    let (_smi, server) = start(true, 0);
    let told = send(server.address(), XML, b"<a/>");
    insta::assert_snapshot!(told, @r"
        HTTP/1.1 503 Service Unavailable: nothing was done, send the same bytes again
        x-smi-reason: busy: nothing was done, send the same bytes again
        x-smi-rule: service
        ");
    server.stop().unwrap();
}

#[test]
fn without_the_setting_the_status_line_says_it_alone() {
    let (smi, server) = start(false, 16);
    let read = smi.request(OPERATOR, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    assert_eq!(send(server.address(), XML, &smi.signed(&read)), "HTTP/1.1 200 OK");
    let told = send(server.address(), XML, b"<a");
    assert_eq!(told, "HTTP/1.1 400 Bad Request: the body is not well-formed XML without a DOCTYPE");
    server.stop().unwrap();
}
