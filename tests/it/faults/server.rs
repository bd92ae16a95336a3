//! A private PostgreSQL server that is killed and started again. It keeps `fsync` on: what it says is durable must be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::skip::or_skip;

/// No start takes longer, recovery and all.
const DEADLINE: Duration = Duration::from_secs(60);

/// A server on a Unix socket in a folder of its own.
pub(super) struct Server {
    programs: PathBuf,
    folder: TempDir,
}

impl Server {
    /// None, and the test is left out, where PostgreSQL is not installed or not built in.
    pub(super) fn start() -> Option<Self> {
        let programs = programs().filter(|_| cfg!(feature = "postgres"));
        let programs = or_skip(programs, "PostgreSQL, installed and built in (`--features postgres`)")?;
        let folder = tempfile::tempdir().unwrap();
        let server = Self { programs, folder };
        if is_root() {
            // PostgreSQL refuses to run as root.
            ok(Command::new("chown").arg("postgres").arg(server.folder.path()).output().unwrap());
        }
        let data = server.data().display().to_string();
        ok(server.run("initdb", &["-D", &data, "-A", "trust", "-U", "smi", "--no-sync", "-E", "UTF8"]));
        server.begin();
        Some(server)
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://smi@/postgres?host={}", self.folder.path().display())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    /// Starts it, as often as it takes: what a killed server left running holds its memory for a moment.
    pub(super) fn begin(&self) {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let options = format!("-k {} -c listen_addresses= -c fsync=on", self.folder.path().display());
        let begun = Instant::now();
        loop {
            let arguments = ["-w", "-D", text(&data), "-l", text(&log), "-o", options.as_str(), "start"];
            if self.run("pg_ctl", &arguments).status.success() {
                return;
            }
            let told = || fs::read_to_string(&log).unwrap_or_default();
            assert!(begun.elapsed() < DEADLINE, "PostgreSQL does not start: {}", told());
        }
    }

    /// Starts it again as a standby: it answers reads, and waits for a primary.
    pub(super) fn become_standby(&self) {
        let data = self.data();
        ok(self.run("pg_ctl", &["-D", text(&data), "-m", "fast", "stop"]));
        fs::write(data.join("standby.signal"), "").unwrap();
        self.begin();
    }

    /// Makes the standby the primary.
    pub(super) fn promote(&self) {
        ok(self.run("pg_ctl", &["-w", "-D", text(&self.data()), "promote"]));
    }

    /// SIGKILL to the server's first process; the others end when they see that it is gone.
    pub(super) fn kill(&self) {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let id = file.lines().next().unwrap();
        ok(Command::new("kill").args(["-KILL", id]).output().unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        self.run("pg_ctl", &["-D", text(&data), "-m", "immediate", "stop"]);
    }
}

fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let programs = versions.map(|version| version.unwrap().path().join("bin"));
    programs.filter(|programs| programs.join("initdb").exists()).max()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn ok(output: Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
