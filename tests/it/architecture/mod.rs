//! Who may import whom, as the table in ARCHITECTURE.md says it, held against every file whole.
#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

mod source;
mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use self::tree::{Reference, Tree, circles};
use crate::support::package;

/// A row of the table: a room, the rooms it may import, and the packages it must not name.
struct Room {
    imports: BTreeSet<String>,
    banned: BTreeSet<String>,
}

/// The table under `## Rooms`: `| room | what | imports | never names |`, names in backticks.
fn table() -> BTreeMap<String, Room> {
    let text = fs::read_to_string(package().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Rooms")).unwrap();
    let ticked = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let row = |line: &str| {
        let cells = line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
        let room = ticked(cells[0]).first()?.clone();
        let (imports, banned) =
            (ticked(cells[2]).into_iter().collect(), ticked(cells[3]).into_iter().collect());
        Some((room, Room { imports, banned }))
    };
    section.lines().filter(|line| line.starts_with('|')).filter_map(row).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn tree() -> Tree {
    let root = package().join("src");
    let file = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    Tree::new(sources(&root).into_iter().map(file).filter(|(name, _)| name != "main.rs"))
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The rows of the table that hold for a file: that of its room, and that of a part of it.
fn rows_of<'t>(file: &str, table: &'t BTreeMap<String, Room>) -> impl Iterator<Item = (&'t str, &'t Room)> {
    let is_in = |row: &str| file.strip_prefix(row).is_some_and(|rest| rest.starts_with(['/', '.']));
    table.iter().filter(move |(row, _)| is_in(row)).map(|(row, room)| (row.as_str(), room))
}

/// The imports that the table does not allow, and the packages that it bans.
fn strangers(tree: &Tree, table: &BTreeMap<String, Room>) -> Vec<String> {
    let mut found = Vec::new();
    for Reference { from, line, path, to, .. } in tree.references(true) {
        let (room, other) = (room_of(&from), room_of(&to));
        if room == other || [room, other].contains(&"lib") {
            continue;
        }
        for (row, _) in rows_of(&from, table).filter(|(_, room)| !room.imports.contains(other)) {
            found.push(format!("src/{from}:{line}: `{row}` may not import `{other}`: {path} is of src/{to}"));
        }
    }
    for (path, file, line) in tree.written_paths() {
        let names =
            |package: &&String| path.starts_with(&package.split("::").map(str::to_owned).collect::<Vec<_>>());
        for (row, room) in rows_of(file, table) {
            if let Some(package) = room.banned.iter().find(names) {
                found.push(format!("src/{file}:{line}: `{row}` may not use `{package}`"));
            }
        }
    }
    found
}

#[test]
fn every_room_has_its_line_in_the_table() {
    let rooms = fs::read_dir(package().join("src")).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_end_matches(".rs").to_owned()
    });
    let rooms = rooms.filter(|room| !["lib", "main"].contains(&&**room)).collect::<BTreeSet<_>>();
    let rows = table().into_keys().filter(|row| !row.contains('/')).collect();
    assert_eq!(rooms, rows, "the folders of src and the table of ARCHITECTURE.md");
}

#[test]
fn imports_point_inwards() {
    let found = strangers(&tree(), &table());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    // The table itself has no circle: where one room may import another, that one may not import it.
    let table = table();
    for (room, Room { imports, .. }) in &table {
        for other in imports {
            assert!(!table[other].imports.contains(room), "`{room}` and `{other}` may import each other");
        }
    }
}

/// The table forbids the console the store's names; this, the way around by a value that leads to it.
#[test]
fn the_console_reaches_the_store_by_the_service_alone() {
    let tree = tree();
    let found = tree.words().filter(|(word, file, _)| *word == "store" && file.starts_with("web/console/"));
    let found = found.map(|(_, file, line)| format!("src/{file}:{line}")).collect::<Vec<_>>();
    assert_eq!(found, [""; 0]);
    assert!(tree.words().any(|(_, file, _)| file == "web/console/decisions.rs"));
}

/// What a room re-exports of another would be imported past the table.
#[test]
fn no_room_re_exports_what_is_of_another() {
    let found = tree()
        .references(false)
        .into_iter()
        .filter(|reference| reference.is_reexport && room_of(&reference.from) != room_of(&reference.to));
    let found = found.map(|found| format!("src/{}:{}: {}", found.from, found.line, found.path));
    let found = found.collect::<Vec<_>>();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = circles(&tree().references(false));
    let found = found.iter().map(|files| files.join(", ")).collect::<Vec<_>>();
    assert!(found.is_empty(), "circles:\n{}", found.join("\n"));
}

/// The tests above can fail: a small tree with one fault of each kind.
#[test]
fn each_kind_of_fault_is_found_with_its_place() {
    let files = [
        ("domain/mod.rs", "mod a;\npub use a::A;"),
        ("domain/a.rs", "pub struct A;\n#[cfg(test)]\nmod tests { use crate::store::Row; }"),
        ("store/mod.rs", "mod row;\npub use row::Row;\npub use crate::domain::A as B;"),
        ("store/row.rs", "use super::back::Back;\nuse diesel::prelude;\npub struct Row;"),
        ("store/back.rs", "use crate::store::Row;\npub struct Back;"),
        ("store/view/page.rs", "use crate::domain::A;"),
    ];
    let tree = Tree::new(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let room = |imports: &[&str], banned: &[&str]| {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Room { imports: set(imports), banned: set(banned) }
    };
    let table = [
        ("domain", room(&[], &[])),
        ("store", room(&["domain"], &["diesel"])),
        ("store/view", room(&[], &[])),
    ];
    let table = table.into_iter().map(|(name, room)| (name.to_owned(), room)).collect();
    insta::assert_snapshot!(strangers(&tree, &table).join("\n"), @r"
    src/domain/a.rs:3: `domain` may not import `store`: store::Row is of src/store/row.rs
    src/store/view/page.rs:1: `store/view` may not import `domain`: domain::A is of src/domain/a.rs
    src/store/row.rs:2: `store` may not use `diesel`
    ");
    assert_eq!(circles(&tree.references(false)), [["store/back.rs", "store/row.rs"]]);
    let exported = tree.references(false).into_iter().find(|reference| {
        reference.is_reexport && reference.to == "domain/a.rs" && reference.from == "store/mod.rs"
    });
    assert_eq!(exported.map(|found| found.line), Some(3));
}

/// Names that said nothing to a newcomer, and what the thing is called instead.
const OLD_NAMES: [(&str, &str); 46] = [
    ("Cores", "VerifyPool"),
    ("News", "Ticket"),
    ("Proven", "VerifiedRequest"),
    ("Asked", "PendingRequest"),
    ("Caller", "ReplySender"),
    ("LogKeeper", "WalCheckpointer"),
    ("Bell", "CommitSignal"),
    ("DeliveryTurn", "AdvisoryLock"),
    ("CoverageTurn", "AdvisoryLock"),
    ("StagingTurn", "bulk_load_lock"),
    ("of_the_group", "shared_by_batch"),
    ("will_hold", "try_defer"),
    ("is_far", "is_remote"),
    ("is_passing", "is_transient"),
    ("may_pass", "is_transient"),
    ("give_up", "purge"),
    ("untold", "pending_notices"),
    ("Office", "Dispatcher"),
    ("Parcel", "Job"),
    ("Luck", "FailureStreak"),
    ("Book", "ExtractIndex"),
    ("Manner", "FaultInjection"),
    ("Ours", "Assumed"),
    ("UnfittingFacts", "Case"),
    ("NotATest", "NoTestClock"),
    ("tell_or_log", "notify_or_log"),
    ("sends_its_own_alone", "bound_to_originator"),
    ("forget_csps", "reset_csps"),
    ("NoHubBatch", "HubBatchFault"),
    ("NotRead", "BodyFault"),
    ("come_back", "service_unavailable"),
    ("chain_older", "chain_legacy_decisions"),
    ("at_odds", "report_contradiction"),
    ("go_on_numbering", "advance_sequences"),
    ("keep_staged", "insert_staged_changes"),
    ("Existing", "ReadOnlyStore"),
    ("open_existing", "open_read_only"),
    ("message_delivered", "mark_message_delivered"),
    ("message_failed", "mark_message_failed"),
    ("message_refused", "mark_message_refused"),
    ("Behead", "DemoteHead"),
    ("Copier", "Worker"),
    ("copy_most", "checkpoint_most"),
    ("empty_or_url", "validate_optional_url"),
    ("note_overlap", "report_overlap"),
    ("read_associated", "prefetch_associated"),
];

#[test]
fn no_old_name_comes_back() {
    let tree = tree();
    let found = tree.words().filter_map(|(word, file, line)| {
        let (_, instead) = OLD_NAMES.iter().find(|(old, _)| *old == word)?;
        Some(format!("src/{file}:{line}: `{word}` is called `{instead}`"))
    });
    let found = found.collect::<Vec<_>>();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_clock_is_read_in_one_file() {
    // Measuring time is all that `bench` does.
    let tree = tree();
    let reads = tree.written_paths().filter(|(path, file, _)| {
        path.ends_with(&["Instant".to_owned(), "now".to_owned()]) && !file.starts_with("tools/bench")
    });
    let reading = reads.map(|(_, file, _)| file.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(reading.into_iter().collect::<Vec<_>>(), ["clock.rs"]);
}

#[test]
fn every_file_that_architecture_names_exists() {
    let text = fs::read_to_string(package().join("ARCHITECTURE.md")).unwrap();
    let named = text.split('`').filter(|word| word.starts_with("src/") || word.starts_with("tests/"));
    // `SUBJECT` and `sr_N` stand for what is still to come.
    let is_to_come = |word: &&str| word.contains("SUBJECT") || word.contains("sr_N");
    let missing = named.clone().filter(|word| !is_to_come(word) && !package().join(word).exists());
    let missing = missing.collect::<Vec<_>>();
    assert_eq!(missing, [""; 0]);
    assert!(named.count() > 10);
}
