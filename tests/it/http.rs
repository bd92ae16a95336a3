//! The listener: methods, media types, sizes, health, and an orderly stop.

use smi::{
    domain::{Body, ReadInventory},
    web::server_thread::ServerThread,
};

use crate::support::{METER, OPERATOR, Smi, agent, duis};

fn start(smi: &Smi) -> (ServerThread, String) {
    let server = duis::listen(smi, 10_000, 16);
    let url = format!("http://{}", server.address());
    (server, url)
}

fn post(url: &str, media_type: &str, body: &[u8]) -> (u16, String) {
    let mut reply = agent().post(url).content_type(media_type).send(body).unwrap();
    (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
}

fn status(url: &str, media_type: &str, body: &[u8]) -> u16 {
    post(url, media_type, body).0
}

#[test]
fn sr_1_method_media_type_and_size() {
    let smi = Smi::new();
    let (server, url) = start(&smi);
    let path = format!("{url}/api/v1/serviceD");
    let reply = agent().get(&path).call().unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers()["allow"].to_str().unwrap()), (405, "POST"));
    for media_type in ["text/plain", "application/json", "application/xmlish"] {
        assert_eq!(status(&path, media_type, b"<a/>"), 415, "{media_type}");
    }
    assert_eq!(status(&path, "application/xml", &[b' '; 10_001]), 413);
    for wrong in ["/api/v1/serviceX", "/api/v1/serviceD/", "/serviceD"] {
        let (status, reason) = post(&format!("{url}{wrong}"), "application/xml", b"<a/>");
        assert_eq!(status, 404, "{wrong}");
        let paths = ["/api/v1/serviceD", "/api/v1/serviceS", "/api/v1/serviceT"];
        assert!(paths.iter().all(|path| reason.contains(path)), "{reason}");
    }
    server.stop().unwrap();
}

#[test]
fn sr_1_headers_are_read_by_their_grammar() {
    let smi = Smi::new();
    let (server, url) = start(&smi);
    let send = |media_type: &str, encoding: Option<&str>| {
        let request = agent().post(format!("{url}/api/v1/serviceD")).content_type(media_type);
        let request =
            encoding.iter().fold(request, |request, value| request.header("content-encoding", *value));
        let reply = request.send(&b"<a"[..]).unwrap();
        let accepts = reply.headers().get("accept-encoding").map(|value| value.to_str().unwrap().to_owned());
        (reply.status().as_u16(), accepts)
    };
    for xml in ["application/xml ; charset=utf-8", "text/xml;charset=utf-8;action=\"\""] {
        assert_eq!(send(xml, None), (400, None), "{xml}");
    }
    for none in ["identity", "", "Identity, "] {
        assert_eq!(send("text/xml", Some(none)), (400, None), "{none}");
    }
    let refused = (415, Some("identity".to_owned()));
    assert_eq!(
        [send("text/xml", Some("gzip")), send("text/xml", Some("identity, br"))],
        [refused.clone(), refused]
    );
    server.stop().unwrap();
}

#[test]
fn sr_2_what_is_not_xml_or_has_a_doctype() {
    let smi = Smi::new();
    let (server, url) = start(&smi);
    let path = format!("{url}/api/v1/serviceD");
    for body in ["", "x", "<a>", "<!DOCTYPE a><a/>", "<a/>\u{0}"] {
        let (status, reason) = post(&path, "text/xml; charset=utf-8", body.as_bytes());
        assert_eq!(status, 400, "{body}");
        assert!(!reason.trim().is_empty());
    }
    server.stop().unwrap();
}

#[test]
fn sr_7_each_web_service_knows_which_requests_are_its_own() {
    let smi = Smi::new();
    let (server, url) = start(&smi);
    let ask = |service: &str| {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        let message = smi.signed(&smi.request(OPERATOR, body));
        let (status, answer) = post(&format!("{url}/api/v1/{service}"), "application/xml", &message);
        assert_eq!(status, 200);
        let document = smi::duis::xml::parse(answer.as_bytes()).unwrap();
        smi::duis::xml::read_answer(&document).unwrap().code
    };
    assert_eq!([ask("serviceD"), ask("serviceS"), ask("serviceT")], ["E080201", "E13", "E13"]);
    server.stop().unwrap();
}

#[test]
fn health_says_live_and_ready() {
    let smi = Smi::new();
    let (server, url) = start(&smi);
    for path in ["live", "ready"] {
        let reply = agent().get(format!("{url}/health/{path}")).call().unwrap();
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        let head = agent().head(format!("{url}/health/{path}")).call().unwrap();
        assert_eq!(head.status().as_u16(), 200, "HEAD {path}");
        assert_eq!(head.into_body().read_to_vec().unwrap(), b"");
        let (status, _) = post(&format!("{url}/health/{path}"), "text/plain", b"");
        assert_eq!(status, 405, "POST {path}");
    }
    server.stop().unwrap();
}
