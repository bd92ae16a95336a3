//! What is under `packaging/`: as far as it can be checked without installing it.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use crate::{
    oracles::{is_there, program_of_tests},
    support::{Smi, managed::Management, package, skip::skip},
};

fn read(name: &str) -> String {
    fs::read_to_string(package().join(name)).unwrap()
}

/// The words of every line that begins with this one; lines that end with `\` go on.
fn instructions(file: &str, word: &str) -> Vec<Vec<String>> {
    let joined = file.replace("\\\n", " ");
    let lines =
        joined.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' ').map(str::to_owned));
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn the_unit_keeps_the_service_in() {
    let unit = read("packaging/smi.service");
    let mut settings = BTreeMap::<&str, Vec<&str>>::new();
    for (key, value) in
        unit.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='))
    {
        settings.entry(key).or_default().push(value);
    }
    for (key, value) in [
        ("User", "smi"),
        ("UMask", "0077"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("CapabilityBoundingSet", ""),
        ("StateDirectory", "smi"),
        ("MemoryMax", "1G"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
    ] {
        assert_eq!(settings.get(key), Some(&vec![value]), "{key}");
    }
    assert_eq!(settings["SystemCallFilter"], ["@system-service", "~@privileged @resources"]);
    let credentials = settings["LoadCredential"].iter().map(|given| given.split(':').next().unwrap());
    for name in credentials {
        assert!(unit.contains(&format!("=%d/{name}\n")), "{name} is handed over and not used");
    }
}

/// What systemd itself says of it: no fault, and shut off as far as README.md says.
#[test]
fn systemd_finds_the_unit_sound_and_shut_off() {
    if !is_there("systemd-analyze") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let unit = dir.path().join("smi.service");
    let here = env!("CARGO_BIN_EXE_smi");
    fs::write(&unit, read("packaging/smi.service").replace("/usr/bin/smi", here)).unwrap();
    let analyse =
        |arguments: &[&str]| Command::new("systemd-analyze").args(arguments).arg(&unit).output().unwrap();
    for arguments in [&["verify"][..], &["security", "--offline=true", "--threshold=20"]] {
        let output = analyse(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !told.contains("smi.service:"), "{arguments:?}: {told}");
    }
}

#[test]
fn what_the_image_copies_is_there_and_it_runs_without_rights() {
    let file = read("packaging/Containerfile");
    let ignored = read(".dockerignore");
    let sent = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect::<Vec<_>>();
    let is_sent = |path: &str| {
        let starts = |sent: &&str| path.starts_with(sent.trim_end_matches('*'));
        sent.iter().any(starts)
    };
    let mut copied = 0;
    for words in instructions(&file, "COPY") {
        let Some((_, sources)) = words.split_last().filter(|(_, sources)| !sources[0].starts_with("--from"))
        else {
            continue;
        };
        for source in sources {
            copied += 1;
            assert!(package().join(source).exists(), "{source} is not there");
            assert!(is_sent(source), "{source} is ignored by .dockerignore");
        }
    }
    assert!(copied >= 6, "{copied}");
    let included = read("src/tools/conform/files.rs").contains("../../../fixtures/conformance/");
    assert!(included && is_sent("fixtures/conformance/"), "the program holds the scenarios");
    let users = instructions(&file, "USER");
    assert_eq!(users.last().unwrap().as_slice(), ["10001:10001"]);
    for word in ["HEALTHCHECK", "ENTRYPOINT", "STOPSIGNAL"] {
        assert_eq!(instructions(&file, word).len(), 1, "{word}");
    }
    assert!(!file.contains("ENTRYPOINT /") && !file.contains("CMD /"), "no shell is needed");
}

#[test]
fn the_images_debian_packages_exist() {
    let file = read("packaging/Containerfile");
    let mut names = vec!["bash".to_owned()];
    for words in instructions(&file, "RUN") {
        let install = words.iter().skip_while(|word| *word != "install").skip(1);
        names.extend(install.take_while(|word| *word != "&&").filter(|word| !word.starts_with('-')).cloned());
    }
    assert!(names.len() > 4, "{names:?}");
    let listed = Command::new("apt-cache").arg("madison").args(&names).output();
    let listed = listed.map(|output| String::from_utf8(output.stdout).unwrap()).unwrap_or_default();
    let is_known =
        |name: &String| listed.lines().any(|line| line.trim_start().starts_with(&format!("{name} |")));
    if !is_known(&names[0]) {
        return skip("apt's list of packages, which `apt-get update` fetches");
    }
    let unknown = names.iter().filter(|name| !is_known(name)).collect::<Vec<_>>();
    assert!(unknown.is_empty(), "no packages: {unknown:?}");
}

#[test]
fn a_linter_has_nothing_to_say_of_the_container_file() {
    let Some(linter) = program_of_tests("hadolint") else { return };
    let output = Command::new(linter).arg(package().join("packaging/Containerfile")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The settings load, with what the unit and the image set around them.
#[test]
fn the_settings_load_and_hold_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let file = package().join("packaging/smi.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["--config".as_ref(), file.as_os_str(), "serve".as_ref(), "--print-config".as_ref()])
        .envs([("SMI_TRUST_KEYSTORE", "/run/keystore.json"), ("SMI_MANAGE_TOKEN_FILE", "/run/manage-token")])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    for line in
        ["format = \"json\"", "token_file = \"/run/manage-token\"", "keystore = \"/run/keystore.json\""]
    {
        assert!(printed.contains(line), "{line} is missing in\n{printed}");
    }
    assert!(!read("packaging/smi.toml").lines().any(|line| line.starts_with("token")));
    assert!(Path::new(&dir.path().join("smi.db")).metadata().is_err(), "nothing is made by a look");
}

/// `smi health`, which the image is asked by: needs no token, and says what the service says.
#[test]
fn health_is_asked_from_the_command_line() {
    let smi = Smi::new();
    let manage = Management::start(&smi);
    let url = manage.url();
    let ask = || {
        let output =
            Command::new(env!("CARGO_BIN_EXE_smi")).args(["health", "--url", &url]).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (output.status.code(), out, err)
    };
    assert_eq!(ask(), (Some(0), "ready\n".to_owned(), String::new()));
    smi.move_to("2099-01-01T00:00:00Z");
    assert_eq!(ask(), (Some(1), String::new(), format!("smi: {url}/health/ready: HTTP 503\n")));
    manage.stop();
    let (code, _, reason) = ask();
    assert_eq!(code, Some(1));
    assert!(reason.starts_with(&format!("smi: {url}/health/ready: ")), "{reason}");
}
