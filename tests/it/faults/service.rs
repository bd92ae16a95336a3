//! `smi serve` as a process that is killed and started again on the same store.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

/// How to start the service.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) folder: PathBuf,
    pub(super) store_url: String,
    /// Settings, as variables.
    pub(super) settings: &'static [(&'static str, &'static str)],
}

/// A service that runs; it is killed when dropped.
pub(super) struct Process {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
    /// Where it listens, once it does.
    pub(super) url: Option<String>,
    /// Where it listens for management.
    pub(super) manage: Option<String>,
}

impl Recipe {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--manage-listen", "127.0.0.1:0"])
            .env("SMI_STORE_URL", &self.store_url)
            .env("SMI_STORE_TIMEOUT_SECONDS", "1")
            .env("SMI_TRUST_PEM_DIR", "pki")
            .env("SMI_MANAGE_TOKEN", "open-sesame")
            .envs(self.settings.iter().copied())
            .current_dir(&self.folder)
            .stderr(Stdio::piped());
        command
    }

    /// Starts it and waits until it listens.
    pub(super) fn start(&self, load: Option<&Path>) -> Process {
        let mut command = self.command();
        if let Some(folder) = load {
            command.arg("--load").arg(folder);
        }
        let mut process = Process::spawn(&mut command);
        process.wait_until_it_listens();
        process
    }

    /// Starts it and does not wait.
    pub(super) fn spawn(&self) -> Process {
        Process::spawn(&mut self.command())
    }
}

impl Process {
    fn spawn(command: &mut Command) -> Self {
        let child = command.spawn().unwrap();
        Self { child, log: Arc::default(), reading: None, url: None, manage: None }
    }

    fn wait_until_it_listens(&mut self) {
        let mut lines = BufReader::new(self.child.stderr.take().unwrap()).lines();
        while self.manage.is_none() {
            let Some(line) = lines.next() else {
                panic!("the service did not start: {:?}", self.log.lock().unwrap());
            };
            let line = line.unwrap();
            self.url = self.url.take().or_else(|| address_in(&line, "address"));
            self.manage = address_in(&line, "manage");
            self.log.lock().unwrap().push(line);
        }
        let log = Arc::clone(&self.log);
        // Someone must go on reading, or the service would wait for the pipe. A line that a kill cut ends it.
        self.reading = Some(std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                log.lock().unwrap().push(line);
            }
        }));
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL. What it had logged.
    pub(super) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.logged()
    }

    /// SIGTERM. What it had logged.
    pub(super) fn stop(mut self) -> Vec<String> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let log = self.logged();
        assert_eq!(code, Some(0), "{log:?}");
        log
    }

    fn logged(&mut self) -> Vec<String> {
        if let Some(reading) = self.reading.take() {
            reading.join().unwrap();
        }
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A listener's address, in a line of the log as text or as JSON.
fn address_in(line: &str, name: &str) -> Option<String> {
    let text = line.split_once(&format!(" {name}="));
    let after = text.or_else(|| line.split_once(&format!("\"{name}\":\"")))?.1;
    let end = after.find(|letter: char| !(letter.is_ascii_digit() || ".:[]".contains(letter)));
    Some(format!("http://{}", &after[..end.unwrap_or(after.len())]))
}
