//! `smi serve` as a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use super::receiver::DEADLINE;

/// It is killed when dropped.
pub(crate) struct Served {
    process: Child,
    log: mpsc::Receiver<String>,
}

impl Served {
    /// Starts it with the settings of that folder, its listeners on ports it picks.
    pub(crate) fn start(dir: &Path, load: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args(["serve", "--config", "smi.toml", "--listen", "127.0.0.1:0"])
            .args(["--manage-listen", "127.0.0.1:0", "--load"])
            .arg(load)
            // It is for the tests, and no setting.
            .env_remove("SMI_TEST_POSTGRES")
            .current_dir(dir)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, log) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { process, log }
    }

    /// The next line of the log that says so.
    pub(crate) fn logged(&self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            match self.log.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.push(line),
                Err(_) => panic!("no `{text}` in the log: {seen:#?}"),
            }
        }
    }

    /// The address of a listener, once the log says so in that field.
    pub(crate) fn address(&self, field: &str) -> String {
        let field = format!("{field}=");
        self.logged(&field).split(&field).nth(1).unwrap().trim().to_owned()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
