//! Who may connect, and how.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use smi::{
    domain::{Csp, CspRegion},
    duis::signature::pki,
    rules::n3::KnownHubs,
    service::Gateway,
    tls::{ClientFiles, ClientTls},
};

use super::{
    Gated, Hub, NORTH, hub, listen,
    served::{self, prepare},
};
use crate::support::{SUPPLIER, Smi, receiver::DEADLINE};

#[test]
fn a_csp_is_let_in_with_its_certificate_and_nobody_else() {
    let gated = Gated::new();
    let message = hub::message(1, &[Hub::new(1)]);
    let send = |agent: &ureq::Agent| agent.post(gated.url()).content_type("application/xml").send(&message);
    let user = format!("client-{SUPPLIER}");
    assert!(send(&gated.agent(&user)).is_err(), "a User's certificate is of another authority");
    let authority = Some(gated.smi.folder().join("pki/tls/ca.pem"));
    let nobody = ClientTls::load(&ClientFiles { ca: authority, identity: None }).unwrap();
    let nobody = ureq::Agent::config_builder().tls_config(nobody.config()).build().into();
    assert!(send(&nobody).is_err(), "without a certificate");
    let mut plain = TcpStream::connect(gated.server.address()).unwrap();
    plain.set_read_timeout(Some(DEADLINE)).unwrap();
    plain.write_all(b"POST /csp/n3 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // It may hang up before all was read.
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
    assert_eq!(gated.device(&Hub::new(1).chf()), None);
    assert_eq!(gated.north(1, &[Hub::new(1)]), ["new"]);
    // Once its certificate has ended, it is no longer let in.
    gated.smi.move_to("2036-06-02T00:00:00Z");
    assert!(send(&gated.agent("csp-north")).is_err(), "ended meanwhile");
    gated.server.stop().unwrap();
}

#[test]
fn a_certificate_of_the_authority_that_is_no_csps_may_send_nothing() {
    let smi = Smi::new();
    let csps = vec![Csp { id: NORTH, regions: vec![CspRegion::North] }];
    let server = listen(&smi, Gateway { csps, known_hubs: KnownHubs::Stay });
    let gated = Gated { smi, server };
    let (status, reason) = gated.post("csp-central-south", &hub::message(1, &[Hub::new(1)]));
    let other = pki::CSPS[1].1;
    let told = format!("`{other}`, of the client certificate, is no CSP of `csp_gateway.csps`\n");
    assert_eq!((status, reason), (403, told));
    gated.server.stop().unwrap();
}

#[test]
fn hubs_are_posted_as_xml() {
    let gated = Gated::new();
    let agent = gated.agent("csp-north");
    let reply = agent.get(gated.url()).call().unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers()["allow"].to_str().unwrap()), (405, "POST"));
    let reply = agent.post(gated.url()).content_type("application/json").send("{}").unwrap();
    assert_eq!(reply.status().as_u16(), 415);
    let reply = agent.get(gated.url().replace("/csp/n3", "/health/ready")).call().unwrap();
    assert_eq!(reply.status().as_u16(), 200);
    let reply = agent.post(gated.url().replace("/csp/n3", "/api/v1/serviceD")).send("<a/>").unwrap();
    assert_eq!(reply.status().as_u16(), 404, "nothing of DUIS is here");
    let page = gated.smi.service.metrics_page();
    assert!(page.contains("smi_http_refusals_total{listener=\"csp_gateway\",status=\"415\"} 1"), "{page}");
    gated.server.stop().unwrap();
}

#[test]
fn the_csps_authority_is_read_again_at_a_hangup() {
    let (folder, others) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    prepare(folder.path());
    prepare(others.path());
    let pki = folder.path().join("pki");
    let (ours, theirs) = (served::agent(&pki, &pki), served::agent(&pki, &others.path().join("pki")));
    let (served, url) = served::start(folder.path());
    let send = |agent, batch| served::send(agent, &url, &hub::message(batch, &[Hub::new(1)]));
    assert!(send(&ours, 1).is_some() && send(&theirs, 2).is_none());
    let authority = "pki/tls/csp-ca.pem";
    std::fs::write(folder.path().join(authority), "nothing").unwrap();
    served.signal("-HUP");
    let line = served.logged("csp_gateway: ");
    assert!(line.contains("the old certificates stay") && line.contains("csp-ca.pem"), "{line}");
    assert!(send(&ours, 3).is_some());
    std::fs::copy(others.path().join(authority), folder.path().join(authority)).unwrap();
    served.signal("-HUP");
    assert!(served.logged("csp_gateway: ").contains("certificates read again"));
    assert!(send(&theirs, 4).is_some());
    // A connection of before stays; a new one of the old authority's is not let in.
    assert!(send(&served::agent(&pki, &pki), 5).is_none());
}
