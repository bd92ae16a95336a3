//! A PgBouncer of a test's own, in front of a server. It goes with the test.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Instant,
};

use tempfile::TempDir;

use super::{receiver::DEADLINE, server, skip::or_skip};

/// A pooler that listens on a port of loopback.
pub(crate) struct Pooler {
    child: Child,
    pub(crate) port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one that lends the sessions of that server in this mode; none, recorded, where the program is lacking.
    pub(crate) fn start(to: u16, mode: &str) -> Option<Self> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
            .into_iter()
            .find(|path| std::path::Path::new(path).exists());
        let program = or_skip(program, "pgbouncer")?;
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("pgbouncer.ini");
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={to} user=smi\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n\
             ignore_startup_parameters = extra_float_digits,options\n"
        );
        std::fs::write(&file, settings).unwrap();
        server::run(Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()));
        let mut command = Command::new(program);
        if server::is_root() {
            command.args(["-u", "postgres"]);
        }
        let child =
            command.arg(&file).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + DEADLINE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "pgbouncer does not listen");
        }
        Some(Self { child, port, _folder: folder })
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
