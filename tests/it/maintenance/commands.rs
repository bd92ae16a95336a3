//! `smi maintenance`, as a planner types it.

use std::process::Command;

use serde_json::Value;
use smi::store::Kind;

use super::harness::World;
use crate::support::fixture_of;
use crate::support::managed::TOKEN;

/// The output of a command against the world's listener or store, and whether it succeeded.
fn smi(world: &World, arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        format!("[store]\nurl = \"{}\"\n[test]\nclock = \"{}\"\n", world.smi.url(), world.smi.now().0);
    std::fs::write(folder.path().join("smi.toml"), settings).unwrap();
    let reads = matches!(arguments, ["check" | "show" | "now", ..]);
    let url = world.url();
    let more: &[&str] = if reads { &[] } else { &["--by", "planner", "--manage", &url, "--token", TOKEN] };
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command
        .args(["--config", "smi.toml", "maintenance"])
        .args(arguments)
        .args(more)
        .current_dir(folder.path());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|octets| String::from_utf8(octets).unwrap()).concat();
    (output.status.success(), text)
}

#[test]
fn a_month_is_checked_published_worked_and_closed_by_commands() {
    let world = World::new();
    world.smi.import(Kind::Maintenance, &std::fs::read_to_string(fixture_of(Kind::Maintenance)).unwrap());
    world.smi.move_to("2026-02-02T12:00:00Z");
    let mut said = Vec::new();
    let mut run = |arguments: &[&str]| {
        let (is_good, text) = smi(&world, arguments);
        said.push(format!("$ smi maintenance {}\n{text}", arguments.join(" ")));
        assert!(is_good || text.contains("differs"), "{text}");
        is_good
    };
    assert!(run(&["check", "--month", "2026-03"]));
    assert!(run(&["publish", "--month", "2026-03", "--note", "first plan"]));
    assert!(!run(&["publish", "--month", "2026-03"]));
    assert!(run(&["case", "CHG-1001", "--kind", "challenge", "--party", "Alder"]));
    assert!(run(&["case", "--close", "1", "--outcome", "kept", "--reason", "it is High already"]));
    world.smi.move_to("2026-03-19T01:00:00Z");
    assert!(run(&["extend", "CHG-1001", "--ends", "2026-03-19T02:30", "--note", "a disk is slow"]));
    world.smi.move_to("2026-03-19T03:00:00Z");
    assert!(run(&["close", "CHG-1001", "--disrupted", "no"]));
    assert!(run(&["withdraw", "CHG-1002", "--reason", "not needed"]));
    assert!(run(&["show", "--month", "2026-03"]));
    insta::assert_snapshot!("maintenance_commands", said.join("\n"));
}

#[test]
fn a_check_ends_with_1_where_a_rule_is_broken() {
    let world = World::new();
    world.smi.import(Kind::Maintenance, "reference,starts_at,ends_at\nA,2026-03-18T19:00,2026-03-18T21:00\n");
    let (is_good, text) = smi(&world, &["check", "--month", "2026-03", "--json"]);
    let check = serde_json::from_str::<Value>(&text).unwrap();
    assert_eq!((is_good, &check["ok"]), (false, &false.into()));
    let (is_good, text) = smi(&world, &["show", "A", "--json"]);
    assert!(is_good, "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), world.window("A"), "the store is read alike");
    let (is_good, text) = smi(&world, &["show", "B"]);
    assert!(!is_good && text.contains("there is no maintenance window B"), "{text}");
    let (is_good, text) = smi(&world, &["announce", "A"]);
    assert!(!is_good && text.contains("is planned"), "{text}");
}

/// SERVICE.md 5.1: `--json` prints the JSON that the management listener answers; a window is shown with its changes.
#[test]
fn what_is_in_force_is_json_too_and_a_window_has_its_changes() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-19T02:00", &serde_json::json!({}));
    world.published("2026-03");
    world.smi.import(
        Kind::Changes,
        "change_id,title,provider,reference,implemented_on,outcome\nC-1,Disks,DSP,A,2026-03-18,success\nC-2,Racks,DCO,A,,\n",
    );
    world.smi.move_to("2026-03-18T21:00:00Z");
    let (is_good, text) = smi(&world, &["now", "--json"]);
    assert!(is_good, "{text}");
    let now = world.get("/manage/maintenance/now");
    assert_eq!(now["in_force"][0]["reference"], "A");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), now);
    let (_, text) = smi(&world, &["show", "A"]);
    let lines = text.lines().filter(|line| line.starts_with("change ")).collect::<Vec<_>>();
    assert_eq!(
        lines,
        ["change C-1 of DSP on 2026-03-18, success: Disks", "change C-2 of DCO, no outcome yet: Racks"]
    );
}
