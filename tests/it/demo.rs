//! `smi demo --stay`: after the story, its service and its console stay until the process is told to end.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use ureq::Agent;

use crate::support::receiver::DEADLINE;

/// A demo that stays. It is killed when dropped.
struct Staying {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Staying {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        let mut process = command.args(["demo", "--stay"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// What stands behind this text, in the next line that has it.
    fn told(&mut self, text: &str) -> String {
        let line = self.lines.by_ref().map(Result::unwrap).find(|line| line.contains(text));
        line.unwrap().split(text).nth(1).unwrap().trim().to_owned()
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Keeps cookies, as a browser does, and follows no redirect.
fn browser() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(DEADLINE));
    config.max_redirects(0).max_redirects_will_error(false).build().into()
}

fn get(url: &str, cookie: &str) -> (u16, String, String) {
    let mut reply = browser().get(url).header("cookie", cookie).call().unwrap();
    let header = reply.headers().get("set-cookie").map_or("", |value| value.to_str().unwrap());
    let cookie = header.split(';').next().unwrap_or_default().to_owned();
    (reply.status().as_u16(), cookie, reply.body_mut().read_to_string().unwrap())
}

#[test]
fn the_demo_stays_with_its_console_until_it_is_told_to_end() {
    let mut demo = Staying::start();
    let folder = PathBuf::from(demo.told(" an empty SMI in "));
    let link = demo.told("the link is good once: ");
    let base = link.split("/sign-in").next().unwrap().to_owned();
    assert_eq!(demo.told("sign in with the token: ").len(), 64, "256 bits");
    let (status, cookie, _) = get(&link, "");
    assert_eq!(status, 303);
    let (status, _, page) = get(&format!("{base}/"), &cookie);
    assert_eq!(status, 200);
    assert!(page.contains("SR 8.4") || page.contains("8.4"), "the story's decisions: {page}");
    let (status, another, _) = get(&link, "");
    assert_ne!(status, 303, "the link was good once");
    let (status, ..) = get(&format!("{base}/"), &another);
    assert_eq!(status, 303, "to the sign-in page");
    let id = demo.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(demo.process.wait().unwrap().success());
    assert!(!folder.exists(), "its data is deleted");
}
