//! A store that is full, locked, or not there: a clear answer, nothing half done, and on it goes without a restart.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use tempfile::TempDir;

use super::{
    client::Client,
    harness::{House, watch},
    server::Server,
    service::Process,
};
use crate::support::skip::or_skip;

fn status(method: &str, url: &str, body: &[u8]) -> u16 {
    let agent = crate::support::agent();
    let request = ureq::http::Request::builder().method(method).uri(url);
    let request = request.header("authorization", "Bearer open-sesame").body(body).unwrap();
    let reply = agent.run(request).unwrap();
    let status = reply.status().as_u16();
    assert!(status != 503 || url.ends_with("ready") || reply.headers().contains_key("retry-after"));
    status
}

fn health(service: &Process) -> [u16; 2] {
    let url = service.url.as_deref().unwrap();
    ["live", "ready"].map(|name| status("GET", &format!("{url}/health/{name}"), b""))
}

/// While the store is away, whatever is asked is told to come again; after it is back, it is answered.
fn refused_while(client: &mut Client<'_>, service: &Process, away: impl FnOnce(), back: impl FnOnce()) {
    assert_eq!(health(service), [200, 200]);
    away();
    let (change, read) = (client.begin(), client.begin_reading());
    assert_eq!([&change, &read].map(|begun| client.try_once(begun)), [503, 503]);
    assert_eq!(client.try_once(&change), 503);
    assert_eq!(health(service), [200, 503], "it lives, and can answer nobody");
    back();
    client.finish(change).unwrap();
    client.finish(read).unwrap();
    assert_eq!(health(service), [200, 200]);
}

fn database(house: &House) -> PathBuf {
    house.recipe.folder.join("smi.db")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

#[test]
fn a_lock_of_another_process_is_waited_for_and_then_told() {
    let house = House::on_sqlite();
    let mut other = SqliteConnection::establish(database(&house).to_str().unwrap()).unwrap();
    other.batch_execute("PRAGMA journal_mode = WAL").unwrap();
    let other = std::cell::RefCell::new(other);
    watch(&house, |client, service| {
        let lock = || other.borrow_mut().batch_execute("BEGIN IMMEDIATE").unwrap();
        let release = || other.borrow_mut().batch_execute("ROLLBACK").unwrap();
        refused_while(client, service, lock, release);
    });
}

#[test]
fn a_database_that_is_moved_away_is_missed_and_no_other_made() {
    let house = House::on_sqlite();
    let (path, aside) = (database(&house), beside(&database(&house), ".aside"));
    watch(&house, |client, service| {
        let away = || fs::rename(&path, &aside).unwrap();
        let back = || {
            assert!(!path.exists(), "nobody made another");
            fs::rename(&aside, &path).unwrap();
        };
        refused_while(client, service, away, back);
    });
}

#[test]
fn another_database_in_its_place_is_not_taken_for_it() {
    let house = House::on_sqlite();
    let (path, aside) = (database(&house), beside(&database(&house), ".aside"));
    watch(&house, |client, service| {
        let away = || {
            fs::rename(&path, &aside).unwrap();
            fs::copy(&aside, &path).unwrap();
        };
        refused_while(client, service, away, || fs::rename(&aside, &path).unwrap());
    });
}

#[test]
fn a_log_of_the_database_that_is_gone_is_missed() {
    let house = House::on_sqlite();
    let log = beside(&database(&house), "-wal");
    let aside = beside(&log, ".aside");
    watch(&house, |client, service| {
        let (away, back) = (|| fs::rename(&log, &aside).unwrap(), || fs::rename(&aside, &log).unwrap());
        refused_while(client, service, away, back);
    });
}

#[test]
fn a_folder_that_goes_and_comes_back() {
    let outer = tempfile::tempdir().unwrap();
    let (folder, aside) = (outer.path().join("store"), outer.path().join("aside"));
    fs::create_dir(&folder).unwrap();
    let house = House::on(|_| format!("sqlite://{}", folder.join("smi.db").display()));
    watch(&house, |client, service| {
        let (away, back) = (|| fs::rename(&folder, &aside).unwrap(), || fs::rename(&aside, &folder).unwrap());
        refused_while(client, service, away, back);
    });
}

#[test]
fn a_server_that_has_become_a_standby_is_missed_until_it_is_the_primary_again() {
    let Some(server) = Server::start() else { return };
    let house = House::on(|_| server.url());
    watch(&house, |client, service| {
        refused_while(client, service, || server.become_standby(), || server.promote());
    });
}

/// A file system of a few megabytes, in memory.
pub(crate) struct SmallDisk(TempDir);

impl SmallDisk {
    /// None, and the test is left out, where this user may not mount one.
    pub(crate) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        or_skip(mounted.then(|| Self(folder)), "the right to mount a file system, which root has")
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it read-only, or writable again.
    pub(crate) fn remount(&self, mode: &str) {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,{mode}")]).arg(self.0.path());
        assert!(mount.status().unwrap().success());
    }

    /// Leaves so many bytes free of a disk that is full.
    pub(crate) fn leave(&self, bytes: u64) {
        let ballast = fs::OpenOptions::new().write(true).open(self.ballast()).unwrap();
        ballast.set_len(ballast.metadata().unwrap().len() - bytes).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }

    pub(crate) fn fill(&self) {
        let mut ballast = fs::File::create(self.ballast()).unwrap();
        for size in [65_536, 4_096, 512, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    pub(crate) fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What stays mounted is empty and goes with the machine.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_and_a_freed_one_goes_on() {
    let Some(disk) = SmallDisk::mount() else { return };
    let house = House::on(|_| format!("sqlite://{}", disk.0.path().join("smi.db").display()));
    watch(&house, |client, service| {
        let import = |rows: u64| {
            let mut csv = "user_id,party_signifier,party_name,roles,status\n".to_owned();
            let row = |number| {
                format!("{},X,X,IS,Active\n", smi::domain::Eui64::from_octets(u64::to_be_bytes(number)))
            };
            csv.extend((0..rows).map(row));
            status(
                "PUT",
                &format!("{}/manage/import/users", service.manage.as_deref().unwrap()),
                csv.as_bytes(),
            )
        };
        refused_while(
            client,
            service,
            || disk.fill(),
            || {
                assert_eq!(import(50_000), 503, "and none of it is kept, as the comparison at the end shows");
                disk.free();
            },
        );
    });
}
