//! `smi csp-stub` as its users run it, and `smi explain --live`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::support::package;

/// A process that is ended when dropped.
struct Playing {
    process: Child,
    url: String,
    /// It says more than one line, to somebody.
    _said: BufReader<ChildStdout>,
}

impl Playing {
    fn start(arguments: &[&str]) -> Self {
        let extract = package().join("fixtures/inventory/coverage.csv");
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args(["csp-stub", "--listen", "127.0.0.1:0", "--extract"])
            .arg(extract)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("a CSP with 15 rows: ").unwrap().to_owned();
        Self { process, url, _said: said }
    }

    fn inject(&self, manner: &str) -> (u16, String) {
        let agent = crate::support::agent();
        let mut reply = agent.put(format!("{}/stub", self.url)).send(manner).unwrap();
        (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn smi(dir: &Path, arguments: &[&str]) -> (String, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_smi")).args(arguments).current_dir(dir).output().unwrap();
    (String::from_utf8(command.stdout).unwrap(), String::from_utf8(command.stderr).unwrap())
}

#[test]
fn a_played_csp_behaves_as_it_is_told_and_explain_asks_it_where_it_is_told_to() {
    let playing = Playing::start(&["--wrong", "two-spaces"]);
    let dir = tempfile::tempdir().unwrap();
    let settings = format!("[csp]\ntimeout_ms = 20000\n[csp.urls]\nSouth = \"{}\"\n", playing.url);
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let users = package().join("fixtures/inventory/users.csv").display().to_string();
    smi(dir.path(), &["--config", "smi.toml", "import", "users", &users]);
    let request = package().join("fixtures/requests/12.1-unknown-variant.xml").display().to_string();
    let explain = |live: &[&str]| {
        let (out, _) = smi(dir.path(), &[&["--config", "smi.toml", "explain", &request], live].concat());
        let of_regions = |line: &&str| {
            line.contains("saw: South") || line.contains("saw: CSP") || line.starts_with("outcome")
        };
        out.lines().filter(of_regions).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    let mut told = vec![explain(&[]), explain(&["--live"])];
    let (status, shown) = playing.inject("{}");
    assert_eq!((status, shown.contains("\"asked\":1")), (200, true), "{shown}");
    told.push(explain(&["--live"]));
    assert_eq!(playing.inject("{\"down\": true}").0, 200);
    told.push(explain(&["--live"]));
    assert_eq!(playing.inject("{\"status\": 422}").0, 200);
    told.push(explain(&["--live"]));
    assert_eq!(playing.inject("{\"wrong\": \"rude\"}").0, 400);
    assert_eq!(playing.inject("{\"status\": 99}").0, 400);
    insta::assert_snapshot!(told.join("\n\n"), @r#"
        saw: CSP Regions: South
        saw: South cannot answer now; its CSP was not asked
        outcome: E120103, decided by SR12.1/c

        saw: CSP Regions: South
        saw: South cannot answer now; its CSP did not answer: its answer was nonsense, and was refused
        outcome: E120103, decided by SR12.1/c

        saw: CSP Regions: South
        saw: South answers: its CSP (live)
        saw: South: Unknown (one space, with date 2027-06-30)
        outcome: I0, decided by SR12.1/c

        saw: CSP Regions: South
        saw: South cannot answer now; its CSP did not answer: it is down
        outcome: E120103, decided by SR12.1/c

        saw: CSP Regions: South
        saw: South cannot answer now; its CSP did not answer: it refused the question
        outcome: E120103, decided by SR12.1/c
        "#);
}
