//! What an import of Devices is compared with: SQLite's shell, or plain INSERTs where it is not there.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use super::{
    child::{self, ChildCost},
    process,
};
use crate::db::{
    Connection, Store, StoreFault,
    prepared::{self, BindValue, Statement},
};

/// The table: the columns of the file, unchecked, and the indices that the table of Devices has, a missing value in none.
const TABLE: [&str; 7] = [
    "CREATE TABLE bench_devices (device_id TEXT PRIMARY KEY, device_type TEXT, status TEXT, device_manufacturer TEXT, \
     device_model TEXT, smets_chts_version TEXT, firmware_version TEXT, esme_variant TEXT, pre_notified_by TEXT, \
     chf_device_id TEXT, associated_gpf_device_id TEXT, import_mpxn TEXT, uprn TEXT, postcode TEXT, \
     address_identifier TEXT, csp_region TEXT, gbcs_version TEXT, connectivity TEXT)",
    "CREATE INDEX bench_by_import_mpxn ON bench_devices (import_mpxn) WHERE import_mpxn <> ''",
    "CREATE INDEX bench_by_uprn ON bench_devices (uprn) WHERE uprn <> ''",
    "CREATE INDEX bench_by_property ON bench_devices (postcode, address_identifier) WHERE postcode <> ''",
    "CREATE INDEX bench_by_chf ON bench_devices (chf_device_id) WHERE chf_device_id <> ''",
    "CREATE INDEX bench_by_gpf ON bench_devices (associated_gpf_device_id) WHERE associated_gpf_device_id <> ''",
    "CREATE INDEX bench_by_model ON bench_devices \
     (device_model, device_manufacturer, device_type, firmware_version, status)",
];

/// The way to compare with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reference {
    /// `.import` of SQLite's shell.
    Shell,
    /// A prepared INSERT a line, in this process.
    Inserts,
}

impl Reference {
    /// The shell where it is in the search path.
    pub(super) fn choose() -> Self {
        let version = Command::new("sqlite3").arg("--version").stdin(Stdio::null()).output();
        if version.is_ok_and(|version| version.status.success()) { Self::Shell } else { Self::Inserts }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Shell => "`.import` of sqlite3",
            Self::Inserts => "a prepared INSERT a line (no `sqlite3` in the search path)",
        }
    }

    /// Imports the file into a new database in the folder.
    pub(super) fn import(self, file: &Path, folder: &Path) -> anyhow::Result<ChildCost> {
        match self {
            Self::Shell => child::run(&mut shell(file, folder)),
            Self::Inserts => insert(file, folder),
        }
    }
}

/// `.import` is one transaction. The settings are those of our writer.
fn shell(file: &Path, folder: &Path) -> Command {
    let mut command = Command::new("sqlite3");
    command.args(["-batch", "-bail", "reference.db"]).current_dir(folder);
    command.arg("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;");
    command.args(TABLE);
    command.arg(format!(".import --csv --skip 1 '{}' bench_devices", file.display()));
    command
}

fn insert(file: &Path, folder: &Path) -> anyhow::Result<ChildCost> {
    let (begin, cpu) = (Instant::now(), process::own_cpu());
    let store = Store::open(&format!("sqlite://{}", folder.join("reference.db").display()))?;
    let text = fs::read(file)?;
    store.transact(move |connection: &mut Connection| insert_lines(connection, &text))?;
    store.close();
    Ok(ChildCost {
        seconds: begin.elapsed().as_secs_f64(),
        cpu_seconds: process::own_cpu().saturating_sub(cpu).as_secs_f64(),
        peak_memory_bytes: process::peak_memory(std::process::id()),
    })
}

/// A statement of [`TABLE`].
struct Create<const AT: usize>;

impl<const AT: usize> Statement for Create<AT> {
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated by the compiler, which refuses a place beyond the end"
    )]
    const TEXT: &'static [&'static str] = &[TABLE[AT]];
}

/// An INSERT of one line.
struct Insert;

impl Statement for Insert {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO bench_devices VALUES (",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ")",
    ];
}

fn insert_lines(connection: &mut Connection, text: &[u8]) -> Result<(), StoreFault> {
    prepared::run::<Create<0>>(connection, &[])?;
    prepared::run::<Create<1>>(connection, &[])?;
    prepared::run::<Create<2>>(connection, &[])?;
    prepared::run::<Create<3>>(connection, &[])?;
    prepared::run::<Create<4>>(connection, &[])?;
    prepared::run::<Create<5>>(connection, &[])?;
    prepared::run::<Create<6>>(connection, &[])?;
    for line in csv::Reader::from_reader(text).records() {
        let conflict =
            |reason: csv::Error| StoreFault::Conflict { kind: "bench", reason: reason.to_string() };
        let line = line.map_err(conflict)?;
        prepared::run::<Insert>(connection, &line.iter().map(BindValue::Text).collect::<Vec<_>>())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_inserts_import_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("devices.csv");
        let lines =
            super::super::population::write_devices(&mut fs::File::create(&file).unwrap(), 40).unwrap();
        assert_eq!(lines, 40);
        let cost = Reference::Inserts.import(&file, folder.path()).unwrap();
        assert!(cost.seconds > 0.0);
        let twice = Reference::Inserts.import(&file, folder.path()).unwrap_err().to_string();
        assert!(twice.contains("bench_devices already exists"), "{twice}");
    }
}
