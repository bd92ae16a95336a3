//! A PostgreSQL server of a test's own, which it may stop, start again and speak TLS to. It goes with the test.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A server on a Unix socket, and with TLS on a port of loopback too.
pub(crate) struct Server {
    folder: TempDir,
    options: String,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start() -> Self {
        let server = Self::new();
        server.up();
        server
    }

    /// With that certificate and key, in PEM.
    pub(crate) fn start_with_tls(certificate: &Path, key: &Path) -> Self {
        let mut server = Self::new();
        let data = server.folder.path().join("data");
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = data.join(name);
            std::fs::copy(from, &to).unwrap();
            run(Command::new("chmod").arg("600").arg(&to));
            give_away(&to);
        }
        server.options.push_str(" -c ssl=on");
        server.up();
        server
    }

    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        give_away(folder.path());
        let path = folder.path().display().to_string();
        // A port that is free now: nobody else takes it before the server does, or the test fails.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        run(program("initdb")
            .args(["-D", &format!("{path}/data"), "-U", "smi", "-A", "trust", "-N"])
            .args(["-E", "UTF8", "--locale", "C.UTF-8"]));
        let options =
            format!("-c unix_socket_directories='{path}' -c listen_addresses=127.0.0.1 -c port={port}");
        Self { folder, options, port }
    }

    /// A database on it, by its Unix socket.
    pub(crate) fn url(&self) -> String {
        format!("postgres://smi@/postgres?host={}&port={}", self.folder.path().display(), self.port)
    }

    /// Starts it, again if it was stopped.
    pub(crate) fn up(&self) {
        let log = self.folder.path().join("log");
        run(self.control("start").arg("-w").arg("-l").arg(log).arg("-o").arg(&self.options));
    }

    /// Stops it as if it had crashed.
    pub(crate) fn down(&self) {
        run(self.control("stop").args(["-m", "immediate"]));
    }

    fn control(&self, verb: &str) -> Command {
        let mut command = program("pg_ctl");
        command.arg(verb).arg("-D").arg(self.folder.path().join("data"));
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that is down already says so.
        let _ = self.control("stop").args(["-m", "immediate"]).output();
    }
}

pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// The server refuses to run as root, and then belongs to the user that its package made.
fn give_away(path: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(path));
    }
}

fn program(name: &str) -> Command {
    let path = folder_of_programs().join(name);
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    // Whoever runs the tests may stand in a folder that the server's user must not see.
    command.current_dir("/");
    command
}

/// Debian keeps them out of the path: the newest version of those that are there.
fn folder_of_programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
    let mut folders = versions.map(|entry| entry.unwrap().path().join("bin")).collect::<Vec<_>>();
    folders.sort();
    folders.pop().unwrap()
}

/// Its output goes to nobody: a server that inherited a pipe would keep whoever reads it waiting.
pub(crate) fn run(command: &mut Command) {
    use std::process::Stdio;
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}
