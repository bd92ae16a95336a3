//! A gateway before the service, that does with each message what a test wants.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Instant,
};

/// What it does with a message.
pub(super) enum Act {
    PassOn,
    /// The service decides, and nobody hears of it.
    PassOnAndHold,
    Hold,
    Answer(String),
    /// The service decides, and somebody else answers.
    PassOnAndAnswer(String),
}

pub(super) struct Stub {
    pub(super) url: String,
    /// The bodies of what came, and when.
    pub(super) seen: mpsc::Receiver<(Instant, Vec<u8>)>,
}

impl Stub {
    /// It is asked about each message, one after another.
    pub(super) fn before(service: String, rule: impl FnMut(&str) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, seen) = mpsc::channel();
        let rule = Arc::new(Mutex::new(rule));
        // It ends with the test.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (tell, rule, service) = (tell.clone(), Arc::clone(&rule), service.clone());
                thread::spawn(move || {
                    let mut connection = connection.unwrap();
                    let Some(body) = body_of(&connection) else { return };
                    let _ = tell.send((Instant::now(), body.clone()));
                    let act = rule.lock().unwrap()(&String::from_utf8_lossy(&body));
                    let answer = match act {
                        Act::PassOn => passed_on(&service, &body),
                        Act::Answer(answer) => answer,
                        Act::PassOnAndHold => {
                            passed_on(&service, &body);
                            hold()
                        }
                        Act::PassOnAndAnswer(answer) => {
                            passed_on(&service, &body);
                            answer
                        }
                        Act::Hold => hold(),
                    };
                    // Whoever asked may have been killed.
                    let _ = connection.write_all(answer.as_bytes());
                });
            }
        });
        Self { url, seen }
    }
}

fn hold() -> ! {
    loop {
        thread::park();
    }
}

/// The body of a request; none of a connection that was closed before.
fn body_of(connection: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

pub(super) fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

fn passed_on(service: &str, body: &[u8]) -> String {
    let url = format!("{service}/api/v1/serviceD");
    let mut reply = ureq::post(url).content_type("application/xml").send(body).unwrap();
    answer("200 OK", "Content-Type: application/xml\r\n", &reply.body_mut().read_to_string().unwrap())
}
