//! `smi user add`.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use smi::settings::{Overrides, Settings};

fn add(arguments: &[&str], input: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["user", "add"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A refusal of the arguments reads nothing.
    drop(process.stdin.take().unwrap().write_all(input.as_bytes()));
    process.wait_with_output().unwrap()
}

#[test]
fn the_lines_for_a_user_are_settings_and_hold_no_password() {
    let output = add(&["Jane O'Hara", "--role", "operator"], "correct horse battery\r\nnext line\n");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        lines.starts_with("[manage.users.\"Jane O'Hara\"]\nrole = \"operator\"\nhash = \"$argon2id$v=19$"),
        "{lines}"
    );
    assert!(!lines.contains("horse"));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("smi.toml");
    // Appended to a file that has the section already.
    std::fs::write(&file, format!("[manage]\nlisten = '127.0.0.1:1'\n\n{lines}")).unwrap();
    let settings = Settings::load(Some(&file), &[], Overrides::default()).unwrap();
    let user = settings.console_users.first().unwrap();
    assert_eq!((user.name.to_string().as_str(), user.role.as_str()), ("Jane O'Hara", "operator"));
    assert!(user.hash.is_of("correct horse battery") && !user.hash.is_of("correct horse batter"));
}

#[test]
fn a_short_password_and_an_odd_name_are_refused() {
    let refused = |arguments: &[&str], input: &str| {
        let output = add(arguments, input);
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let short = refused(&["jo", "--role", "reader"], "elevenchars\n");
    assert_eq!(short, "smi: a password has at least 12 characters\n");
    assert!(refused(&["jo", "--role", "reader"], "").contains("at least 12 characters"));
    assert!(refused(&["jo", "--role", "reader"], &"x".repeat(5_000)).contains("at most 1000 bytes"));
    assert!(refused(&["jo", "--role", "admin"], "").contains("one of reader, operator"));
    assert!(refused(&["<b>", "--role", "reader"], "").contains("1 to 64 letters"));
}
